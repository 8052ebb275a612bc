/*
 * toys.c: what is right or wrong only because a processor's loads overtake its
 * stores, each with a fence and without. The capacity that a buffer is created
 * with says which one it is. The creator is process 0, the other is process 1.
 */
#define _GNU_SOURCE
#include "ipckit.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum toy {
    PETERSON = 1, PETERSON_FENCED, DEKKER, DEKKER_LOCKED, WAKE, WAKE_FENCED,
    BEHIND_CALL, FORWARDED, IN_ORDER, SPIN, PETERSON_EXCHANGED, UPDATED, FENCED_BEHIND,
};

struct memory {
    enum toy toy;
    volatile int want[2], turn;
    volatile long count;
    volatile int flag, waits, data, ready;
    _Atomic int lock;
};

struct handle {
    struct memory *m;
    int self;
};

#define APART __attribute__((noinline))

/* Peterson's lock, as it stands in textbooks. */
APART static void peterson(struct memory *m, int self)
{
    m->want[self] = 1;
    if (m->toy == PETERSON_EXCHANGED)
        __atomic_exchange_n(&m->turn, 1 - self, __ATOMIC_SEQ_CST);
    else
        m->turn = 1 - self;
    if (m->toy == PETERSON_FENCED)
        atomic_thread_fence(memory_order_seq_cst);
    while (m->want[1 - self] && m->turn == 1 - self)
        ;
    m->count = m->count + 1;
    m->want[self] = 0;
}

/* Enters only if the other does not want to. */
APART static int dekker(struct memory *m, int self)
{
    if (m->toy == DEKKER_LOCKED)
        __atomic_exchange_n(&m->want[self], 1, __ATOMIC_SEQ_CST);
    else if (m->toy == UPDATED)
        __asm__ volatile("incl %0" : "+m"(m->want[self]));
    else
        m->want[self] = 1;
    if (m->toy == BEHIND_CALL)
        syscall(SYS_getppid);
    if (m->toy == FORWARDED)
        return m->want[self];
    int other = m->want[1 - self];
    if (m->toy == FENCED_BEHIND)
        atomic_store(&m->lock, 0);
    return other;
}

APART static void spin(struct memory *m)
{
    while (atomic_exchange(&m->lock, 1))
        ;
    m->count = m->count + 1;
    atomic_store_explicit(&m->lock, 0, memory_order_release);
}

static void futex(volatile int *word, int operation, int value) { syscall(SYS_futex, word, operation, value, NULL, NULL, 0); }

/* Wakes only if somebody said that he waits. */
APART static void wake(struct memory *m)
{
    m->flag = 1;
    if (m->toy == WAKE_FENCED)
        atomic_thread_fence(memory_order_seq_cst);
    if (m->waits)
        futex(&m->flag, FUTEX_WAKE, INT_MAX);
}

APART static void await(struct memory *m)
{
    m->waits = 1;
    atomic_thread_fence(memory_order_seq_cst);
    while (!m->flag)
        futex(&m->flag, FUTEX_WAIT, 0);
}

static enum ipckit_error toy_put(void *handle, const void *item, size_t size, int64_t wait)
{
    struct handle *h = handle;
    struct memory *m = h->m;
    (void)item, (void)size, (void)wait;
    switch (m->toy) {
    case PETERSON: case PETERSON_FENCED: case PETERSON_EXCHANGED: peterson(m, h->self); break;
    case WAKE: case WAKE_FENCED: wake(m); break;
    case SPIN: spin(m); break;
    case IN_ORDER: m->data = 1; m->ready = 1; break;
    default: return dekker(m, h->self) ? IPCKIT_FULL : IPCKIT_OK;
    }
    return IPCKIT_OK;
}

static enum ipckit_error toy_get(void *handle, void *into, size_t room, size_t *size, int64_t wait)
{
    struct memory *m = ((struct handle *)handle)->m;
    long answer = m->count;
    (void)room, (void)wait;
    switch (m->toy) {
    case WAKE: case WAKE_FENCED: await(m); break;
    case IN_ORDER: answer = m->ready && !m->data; break;
    default: break;
    }
    *size = sizeof answer;
    memcpy(into, &answer, sizeof answer);
    return IPCKIT_OK;
}

static enum ipckit_error map(int fd, int self, void **handle)
{
    struct handle *h = malloc(sizeof *h);
    void *p = MAP_FAILED;
    if (h != NULL && fd >= 0 && ftruncate(fd, sizeof(struct memory)) == 0)
        p = mmap(NULL, sizeof(struct memory), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED) {
        free(h);
        return ipckit_errno("a toy");
    }
    close(fd);
    *h = (struct handle){p, self};
    *handle = h;
    return IPCKIT_OK;
}

static enum ipckit_error toy_create(const char *name, const struct ipckit_shape *shape, void **handle)
{
    enum ipckit_error error = map(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600), 0, handle);
    if (error == IPCKIT_OK)
        ((struct handle *)*handle)->m->toy = (enum toy)shape->capacity;
    return error;
}

static enum ipckit_error toy_open(const char *name, void **handle) { return map(shm_open(name, O_RDWR, 0), 1, handle); }

static enum ipckit_error toy_detach(void *handle)
{
    int result = munmap(((struct handle *)handle)->m, sizeof(struct memory));
    free(handle);
    return result == 0 ? IPCKIT_OK : ipckit_errno("munmap");
}

static enum ipckit_error toy_unlink(const char *name) { return shm_unlink(name) == 0 ? IPCKIT_OK : ipckit_errno("shm_unlink"); }

static const struct ipckit_buffer toys = {
    .create = toy_create, .open = toy_open, .put = toy_put, .get = toy_get, .detach = toy_detach, .unlink = toy_unlink,
};

const struct ipckit_subject ipckit_subject = {.one_to_one = &toys};
