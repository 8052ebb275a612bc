/*
 * Dmitry Vyukov's bounded MPMC queue (1024cores.net), in shared memory. Each
 * slot has a sequence number, which says which call is next: the put with
 * this number, or of the get after it. A put reserves a slot by moving the tail,
 * and hands it over by the slot's sequence number; a get does the same with the head.
 */
#include "ipckit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SLOTS = 8, ITEM = 8, CACHE_LINE = 64 };

struct slot {
    _Atomic uint64_t sequence;
    unsigned char item[ITEM];
};

struct queue {
    _Atomic uint32_t ready; /* written last */
    _Alignas(CACHE_LINE) _Atomic uint64_t tail;
    _Alignas(CACHE_LINE) _Atomic uint64_t head;
    _Alignas(CACHE_LINE) struct slot slot[SLOTS];
};

/* reserve takes the next slot whose sequence number is ahead of the index by
 * that much; NULL where the next one is not as far yet. */
static struct slot *reserve(struct queue *q, _Atomic uint64_t *index, uint64_t ahead, uint64_t *position)
{
    uint64_t at = atomic_load_explicit(index, memory_order_relaxed);
    for (;;) {
        struct slot *s = &q->slot[at % SLOTS];
        int64_t distance = (int64_t)(atomic_load_explicit(&s->sequence, memory_order_acquire) - (at + ahead));
        if (distance < 0)
            return NULL;
        if (distance > 0) {
            at = atomic_load_explicit(index, memory_order_relaxed);
        } else if (atomic_compare_exchange_weak_explicit(index, &at, at + 1, memory_order_relaxed, memory_order_relaxed)) {
            *position = at;
            return s;
        }
    }
}

static enum ipckit_error try_put(struct queue *q, const void *item)
{
    uint64_t at;
    struct slot *s = reserve(q, &q->tail, 0, &at);
    if (s == NULL)
        return IPCKIT_FULL;
    memcpy(s->item, item, ITEM);
    atomic_store_explicit(&s->sequence, at + 1, memory_order_release);
    return IPCKIT_OK;
}

static enum ipckit_error try_get(struct queue *q, void *into)
{
    uint64_t at;
    struct slot *s = reserve(q, &q->head, 1, &at);
    if (s == NULL)
        return IPCKIT_EMPTY;
    memcpy(into, s->item, ITEM);
    atomic_store_explicit(&s->sequence, at + SLOTS, memory_order_release);
    return IPCKIT_OK;
}

static enum ipckit_error queue_put(void *queue, const void *item, size_t size, int64_t wait)
{
    if (size > ITEM)
        return ipckit_fail(IPCKIT_TOO_LARGE, "items have %d bytes", ITEM);
    if (size < ITEM)
        return ipckit_fail(IPCKIT_INVALID, "items have %d bytes", ITEM);
    if (wait > 0)
        return ipckit_fail(IPCKIT_UNSUPPORTED, "a put with a time limit");
    enum ipckit_error error;
    while ((error = try_put(queue, item)) == IPCKIT_FULL && wait == IPCKIT_FOREVER)
        sched_yield();
    return error;
}

static enum ipckit_error queue_get(void *queue, void *into, size_t room, size_t *size, int64_t wait)
{
    if (room < ITEM)
        return ipckit_fail(IPCKIT_TOO_LARGE, "items have %d bytes", ITEM);
    if (wait > 0)
        return ipckit_fail(IPCKIT_UNSUPPORTED, "a get with a time limit");
    enum ipckit_error error;
    while ((error = try_get(queue, into)) == IPCKIT_EMPTY && wait == IPCKIT_FOREVER)
        sched_yield();
    *size = ITEM;
    return error;
}

static enum ipckit_error map(int fd, void **queue)
{
    *queue = mmap(NULL, sizeof(struct queue), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return *queue == MAP_FAILED ? ipckit_errno("mmap") : IPCKIT_OK;
}

static enum ipckit_error queue_create(const char *name, const struct ipckit_shape *shape, void **queue)
{
    if (shape->capacity != SLOTS || shape->item_max != ITEM)
        return ipckit_fail(IPCKIT_INVALID, "there are %d slots of %d bytes", SLOTS, ITEM);
    int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
    if (fd < 0)
        return ipckit_errno("shm_open");
    enum ipckit_error error;
    if (ftruncate(fd, sizeof(struct queue)) < 0) {
        error = ipckit_errno("ftruncate");
        close(fd);
    } else {
        error = map(fd, queue);
    }
    if (error != IPCKIT_OK) {
        shm_unlink(name);
        return error;
    }
    struct queue *q = *queue;
    for (uint64_t i = 0; i < SLOTS; i++)
        atomic_store(&q->slot[i].sequence, i);
    atomic_store(&q->ready, 1);
    return IPCKIT_OK;
}

static enum ipckit_error queue_open(const char *name, void **queue)
{
    int fd = shm_open(name, O_RDWR, 0);
    struct stat status;
    if (fd < 0)
        return ipckit_errno("shm_open");
    if (fstat(fd, &status) < 0 || (size_t)status.st_size < sizeof(struct queue)) {
        close(fd);
        return ipckit_fail(IPCKIT_NOT_FOUND, "%s is being created", name);
    }
    enum ipckit_error error = map(fd, queue);
    if (error != IPCKIT_OK || atomic_load(&((struct queue *)*queue)->ready))
        return error;
    munmap(*queue, sizeof(struct queue));
    return ipckit_fail(IPCKIT_NOT_FOUND, "%s is being created", name);
}

static enum ipckit_error queue_detach(void *queue)
{
    return munmap(queue, sizeof(struct queue)) < 0 ? ipckit_errno("munmap") : IPCKIT_OK;
}

static enum ipckit_error queue_unlink(const char *name)
{
    return shm_unlink(name) < 0 ? ipckit_errno("shm_unlink") : IPCKIT_OK;
}

static const struct ipckit_buffer queue = {
    .create = queue_create,
    .open = queue_open,
    .put = queue_put,
    .get = queue_get,
    .detach = queue_detach,
    .unlink = queue_unlink,
};

const struct ipckit_subject ipckit_subject = {.many = &queue};
