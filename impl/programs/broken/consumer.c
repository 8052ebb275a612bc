#include "buffer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(void)
{
    shared_t *s = attach();
    sem_t *empty = sem_open(NAME_EMPTY, O_CREAT, 0666, SIZE);
    sem_t *full = sem_open(NAME_FULL, O_CREAT, 0666, 0);
    if (empty == SEM_FAILED || full == SEM_FAILED) {
        perror("sem_open");
        return 1;
    }

    while (1) {
        sem_wait(full);
        if (s->done)
            break;
        int item = s->buffer[s->out];
        s->out = (s->out + 1) % SIZE;
        printf("Consumer: consumed item %d\n", item);
        sem_post(empty);
    }
    shm_unlink(NAME_SHM);
    return 0;
}
