/* producer ITEMS SEED: puts that many pseudo-random numbers into the channel. */
#include "channel.h"

#include <stdio.h>
#include <stdlib.h>

/* number reads a decimal argument, or ends the program. */
static unsigned long number(const char *text)
{
    char *end;
    unsigned long n = strtoul(text, &end, 10);
    if (*text == '\0' || *text == '-' || *end != '\0') {
        fprintf(stderr, "producer: \"%s\" is not a number\n", text);
        exit(EXIT_FAILURE);
    }
    return n;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s ITEMS SEED\n", argv[0]);
        return EXIT_FAILURE;
    }
    unsigned long items = number(argv[1]);
    srand((unsigned)number(argv[2]));

    struct channel *c = channel_open();
    for (unsigned long i = 0; i < items; i++) {
        struct item item = {NUMBER, (unsigned long)rand()};
        channel_put(c, item);
        printf("produced %lu\n", item.number);
    }
    channel_put(c, (struct item){END, 0});
    channel_close(c);
    return EXIT_SUCCESS;
}
