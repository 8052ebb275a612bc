#include "buffer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    if (argc < 2) {
        printf("usage: producer <items>\n");
        return 1;
    }
    int items = atoi(argv[1]);
    shared_t *s = attach();
    sem_t *empty = sem_open(NAME_EMPTY, O_CREAT, 0666, SIZE);
    sem_t *full = sem_open(NAME_FULL, O_CREAT, 0666, 0);
    if (empty == SEM_FAILED || full == SEM_FAILED) {
        perror("sem_open");
        return 1;
    }

    for (int i = 1; i <= items; i++) {
        usleep(10000); /* simulate work */
        sem_wait(empty);
        s->buffer[s->in] = i;
        s->in = (s->in + 1) % SIZE;
        printf("Producer: produced item %d\n", i);
        sem_post(full);
    }
    usleep(100000); /* let the consumer finish */
    s->done = 1;
    sem_post(full); /* wake the consumer so it can see done */
    return 0;
}
