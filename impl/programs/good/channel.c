#define _POSIX_C_SOURCE 200809L
#include "channel.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* What the two processes share. Only the producer writes in, only the consumer
 * writes out; the semaphores order the accesses to the slots. */
struct buffer {
    unsigned in;
    unsigned out;
    struct item slots[CAPACITY];
};

struct channel {
    struct buffer *buffer;
    sem_t *empty;
    sem_t *full;
};

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static sem_t *semaphore(const char *name, unsigned value)
{
    sem_t *s = sem_open(name, O_CREAT, 0600, value);
    if (s == SEM_FAILED)
        fail(name);
    return s;
}

/* wait_for continues after a signal: sem_wait is not restarted everywhere. */
static void wait_for(sem_t *s)
{
    while (sem_wait(s) == -1)
        if (errno != EINTR)
            fail("sem_wait");
}

static void post(sem_t *s)
{
    if (sem_post(s) == -1)
        fail("sem_post");
}

struct channel *channel_open(void)
{
    struct channel *c = malloc(sizeof *c);
    if (c == NULL)
        fail("malloc");
    int fd = shm_open(MEMORY, O_CREAT | O_RDWR, 0600);
    if (fd == -1)
        fail(MEMORY);
    if (ftruncate(fd, sizeof *c->buffer) == -1)
        fail("ftruncate");
    c->buffer = mmap(NULL, sizeof *c->buffer, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (c->buffer == MAP_FAILED)
        fail("mmap");
    close(fd);
    c->empty = semaphore(EMPTY, CAPACITY);
    c->full = semaphore(FULL, 0);
    return c;
}

void channel_put(struct channel *c, struct item item)
{
    wait_for(c->empty);
    c->buffer->slots[c->buffer->in] = item;
    c->buffer->in = (c->buffer->in + 1) % CAPACITY;
    post(c->full);
}

struct item channel_get(struct channel *c)
{
    wait_for(c->full);
    struct item item = c->buffer->slots[c->buffer->out];
    c->buffer->out = (c->buffer->out + 1) % CAPACITY;
    post(c->empty);
    return item;
}

void channel_close(struct channel *c)
{
    sem_close(c->empty);
    sem_close(c->full);
    munmap(c->buffer, sizeof *c->buffer);
    free(c);
}

void channel_remove(void)
{
    shm_unlink(MEMORY);
    sem_unlink(EMPTY);
    sem_unlink(FULL);
}
