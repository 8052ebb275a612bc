/*
 * toys.c: small right and wrong uses of shared memory, as a C student writes
 * them. The capacity that a buffer is created with says which one it is.
 */
#define _GNU_SOURCE
#include "ipckit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum toy { LOST_UPDATE = 1, UNLOCKED_ADD, LOST_WAKEUP, EARLY_FLAG, TORN_COPY, ATOMIC_ADD, MUTEX, ROBUST, EVENT, LATE_FLAG, ENDS, FORKS, REMAPS, NO_END };

#define TORN 8192 /* a copy so large that libraries use string instructions */

struct memory {
    enum toy toy;
    long count;
    _Atomic long sum;
    pthread_mutex_t mutex;
    _Atomic int flag, seq;
    _Atomic int ready;
    volatile int data[3];
    char large[TORN];
};

#define APART __attribute__((noinline))

APART static void add(struct memory *m, long v) { m->count = m->count + v; __asm__ volatile("" ::: "memory"); }
APART static void add_at_once(struct memory *m, long v) { __asm__ volatile("addq %1, %0" : "+m"(m->count) : "r"(v)); }

static void futex(_Atomic int *word, int operation, int value) { syscall(SYS_futex, word, operation, value, NULL, NULL, 0); }

APART static void set(struct memory *m)
{
    atomic_store(&m->flag, 1);
    atomic_fetch_add(&m->seq, 1);
    futex(&m->seq, FUTEX_WAKE, INT_MAX);
}

APART static void wait_for(struct memory *m, bool right)
{
    for (;;) {
        int seq = atomic_load(&m->seq);
        if (atomic_exchange(&m->flag, 0) != 0)
            return;
        if (!right)
            seq = atomic_load(&m->seq);
        futex(&m->seq, FUTEX_WAIT, seq);
    }
}

APART static void publish(struct memory *m, int v, bool right)
{
    m->data[0] = v;
    if (!right)
        atomic_store_explicit(&m->ready, 1, memory_order_release);
    m->data[1] = v;
    m->data[2] = v;
    atomic_store_explicit(&m->ready, 1, memory_order_release);
}

APART static void locked(struct memory *m, long v)
{
    if (pthread_mutex_lock(&m->mutex) == EOWNERDEAD)
        pthread_mutex_consistent(&m->mutex);
    add(m, v);
    pthread_mutex_unlock(&m->mutex);
}

static enum ipckit_error toy_put(void *buffer, const void *item, size_t size, int64_t wait)
{
    struct memory *m = buffer;
    int v = *(const unsigned char *)item;
    (void)size, (void)wait;
    switch (m->toy) {
    case LOST_UPDATE: add(m, v); break;
    case UNLOCKED_ADD: add_at_once(m, v); break;
    case ATOMIC_ADD: atomic_fetch_add(&m->sum, v); break;
    case MUTEX: case ROBUST: locked(m, v); break;
    case LOST_WAKEUP: case EVENT: set(m); break;
    case EARLY_FLAG: case LATE_FLAG: publish(m, v, m->toy == LATE_FLAG); break;
    case ENDS: exit(3);
    case FORKS: if (fork() == 0) _exit(0); break;
    case REMAPS: mmap(m, sizeof *m, PROT_READ | PROT_WRITE, MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); add(m, v); break;
    case NO_END: for (volatile int on = 1; on;) ; break;
    case TORN_COPY: {
        static char large[TORN];
        memset(large, v, sizeof large);
        memcpy(m->large, large, sizeof large);
        break;
    }
    }
    return IPCKIT_OK;
}

static enum ipckit_error toy_get(void *buffer, void *into, size_t room, size_t *size, int64_t wait)
{
    struct memory *m = buffer;
    long answer = m->count + atomic_load(&m->sum);
    (void)room, (void)wait;
    switch (m->toy) {
    case LOST_WAKEUP: case EVENT:
        wait_for(m, m->toy == EVENT);
        break;
    case EARLY_FLAG: case LATE_FLAG:
        if (!atomic_load_explicit(&m->ready, memory_order_acquire))
            return IPCKIT_EMPTY;
        answer = m->data[0] + m->data[1] + m->data[2];
        break;
    case TORN_COPY:
        answer = m->large[0] + 256 * m->large[TORN - 1];
        break;
    default:
        break;
    }
    *size = sizeof answer;
    memcpy(into, &answer, sizeof answer);
    return IPCKIT_OK;
}

static enum ipckit_error map(int fd, void **buffer)
{
    void *p = MAP_FAILED;
    if (fd >= 0 && ftruncate(fd, sizeof(struct memory)) == 0)
        p = mmap(NULL, sizeof(struct memory), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED)
        return ipckit_errno("a toy");
    close(fd);
    *buffer = p;
    return IPCKIT_OK;
}

static enum ipckit_error toy_create(const char *name, const struct ipckit_shape *shape, void **buffer)
{
    enum ipckit_error error = map(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600), buffer);
    if (error == IPCKIT_OK) {
        struct memory *m = *buffer;
        pthread_mutexattr_t a;
        pthread_mutexattr_init(&a);
        pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
        m->toy = (enum toy)shape->capacity;
        if (m->toy == ROBUST)
            pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
        pthread_mutex_init(&m->mutex, &a);
    }
    return error;
}

static enum ipckit_error toy_open(const char *name, void **buffer) { return map(shm_open(name, O_RDWR, 0), buffer); }

static enum ipckit_error toy_detach(void *buffer)
{
    return munmap(buffer, sizeof(struct memory)) == 0 ? IPCKIT_OK : ipckit_errno("munmap");
}

static enum ipckit_error toy_unlink(const char *name) { return shm_unlink(name) == 0 ? IPCKIT_OK : ipckit_errno("shm_unlink"); }

static const struct ipckit_buffer toys = {
    .create = toy_create, .open = toy_open, .put = toy_put, .get = toy_get, .detach = toy_detach, .unlink = toy_unlink,
};

const struct ipckit_subject ipckit_subject = {.one_to_one = &toys};
