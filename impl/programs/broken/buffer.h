#ifndef BUFFER_H
#define BUFFER_H

#include <semaphore.h>

#define SIZE 4
#define NAME_SHM "/pc_shm"
#define NAME_EMPTY "/pc_empty"
#define NAME_FULL "/pc_full"

typedef struct {
    int buffer[SIZE];
    int in;
    int out;
    int done; /* set by the producer when it is finished */
} shared_t;

shared_t *attach(void);

#endif
