/*
 * A producer and a consumer with one fault, chosen when they are compiled:
 *
 *     cc -DROLE=produce -DFAULT=LAST -o producer pair.c
 *     cc -DROLE=consume -DFAULT=LAST -o consumer pair.c
 *
 * Each fault is named for the requirement that must find it. NONE is the correct
 * pair. BUILD is not declared anywhere, which is the fault.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum fault { NONE, RUN, CONTENT, ORDER, ALONE, MECHANISM, FIRST, AGAIN, LAST, NOLEAK };

#define MEMORY   "/pair_buffer"
#define EMPTY    "/pair_empty"
#define FULL     "/pair_full"
#define FIFO     "pair_fifo"
#define CAPACITY 4
#define END      (-1L)

struct buffer {
    long slots[CAPACITY];
    int in, out, done;
};

static struct buffer *buffer;
static sem_t *empty, *full;

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

/* attach opens all objects, and creates those that do not exist, if it may. */
static void attach(int create)
{
    int fd = shm_open(MEMORY, create ? O_RDWR | O_CREAT : O_RDWR, 0600);
    if (fd == -1)
        fail("shm_open");
    if (ftruncate(fd, sizeof *buffer) == -1)
        fail("ftruncate");
    buffer = mmap(NULL, sizeof *buffer, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (buffer == MAP_FAILED)
        fail("mmap");
    empty = sem_open(EMPTY, O_CREAT, 0600, CAPACITY);
    full = sem_open(FULL, O_CREAT, 0600, 0);
    if (empty == SEM_FAILED || full == SEM_FAILED)
        fail("sem_open");
}

static void wait_for(sem_t *s)
{
    while (sem_wait(s) == -1)
        if (errno != EINTR)
            fail("sem_wait");
}

static void put(long item)
{
    wait_for(empty);
    if (FAULT == CONTENT)
        item = (short)item; /* a field that is too narrow */
    buffer->slots[buffer->in] = item;
    buffer->in = (buffer->in + 1) % CAPACITY;
    sem_post(full);
}

static long get(void)
{
    wait_for(full);
    if (FAULT == LAST && buffer->done)
        return END; /* even if items are still inside */
    long item = buffer->slots[buffer->out];
    if (FAULT == AGAIN && item == END)
        return END; /* END stays there for the next run */
    buffer->out = (buffer->out + 1) % CAPACITY;
    sem_post(empty);
    return item;
}

/* sequence is the i-th item of a run. Every one is above 65535. */
static long sequence(int i) { return 100003L * (i + 1); }

static int produce_through_fifo(int items)
{
    if (mkfifo(FIFO, 0600) == -1 && errno != EEXIST)
        fail("mkfifo");
    FILE *f = fopen(FIFO, "w");
    if (f == NULL)
        fail("fopen");
    for (int i = 0; i < items; i++) {
        fprintf(f, "%ld\n", sequence(i));
        printf("produced %ld\n", sequence(i));
    }
    fclose(f);
    return 0;
}

static int consume_through_fifo(void)
{
    if (mkfifo(FIFO, 0600) == -1 && errno != EEXIST)
        fail("mkfifo");
    FILE *f = fopen(FIFO, "r");
    if (f == NULL)
        fail("fopen");
    for (long item; fscanf(f, "%ld", &item) == 1;)
        printf("consumed %ld\n", item);
    fclose(f);
    unlink(FIFO);
    return 0;
}

/* reversed swaps each two items. */
static long reversed(int i, int items) { return sequence((i ^ 1) < items ? i ^ 1 : i); }

static int produce(int items)
{
    if (FAULT == MECHANISM)
        return produce_through_fifo(items);
    attach(1);
    for (int i = 0; i < items; i++) {
        put(FAULT == ORDER ? reversed(i, items) : sequence(i));
        printf("produced %ld\n", sequence(i));
    }
    if (FAULT == LAST) {
        buffer->done = 1;
        sem_post(full);
    } else {
        put(END);
    }
    return 0;
}

static int consume(int items)
{
    if (FAULT == MECHANISM)
        return consume_through_fifo();
    attach(FAULT != FIRST);
    if (FAULT == ALONE) { /* predicts the items and does not wait for them */
        for (int i = 0; i < items; i++)
            printf("consumed %ld\n", sequence(i));
    }
    for (long item; (item = get()) != END;)
        if (FAULT != ALONE)
            printf("consumed %ld\n", item);
    if (FAULT != AGAIN) {
        shm_unlink(MEMORY);
        if (FAULT != NOLEAK) {
            sem_unlink(EMPTY);
            sem_unlink(FULL);
        }
    }
    return FAULT == RUN ? 2 : 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s ITEMS\n", argv[0]);
        return EXIT_FAILURE;
    }
    return ROLE(atoi(argv[1]));
}
