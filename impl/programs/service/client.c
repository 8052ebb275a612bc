/* client: asks the server for the squares of random numbers, and checks each
 * reply. */
#define _POSIX_C_SOURCE 200809L
#include "queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s ITEMS SEED\n", argv[0]);
        return EXIT_FAILURE;
    }
    unsigned long items = strtoul(argv[1], NULL, 10);
    unsigned long x = strtoul(argv[2], NULL, 10);
    int queue = queue_open();
    long self = getpid();
    for (unsigned long i = 0; i < items; i++) {
        x = x * 6364136223846793005 + 1442695040888963407; /* Knuth, MMIX */
        struct request r = {.type = SERVER, .client = self, .number = x >> 33};
        printf("asked about %lu\n", r.number);
        ask(queue, &r);
        struct reply a;
        await_reply(queue, self, &a);
        if (a.number != r.number || a.square != r.number * r.number) {
            fprintf(stderr, "asked for the square of %lu, the reply says that the square of %lu is %lu\n", r.number, a.number, a.square);
            return EXIT_FAILURE;
        }
    }
    ask(queue, &(struct request){.type = SERVER, .client = self, .last = 1});
    return EXIT_SUCCESS;
}
