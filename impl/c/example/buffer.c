/*
 * A bounded buffer in shared memory for one producer and one consumer.
 *
 * It is the ring of Silberschatz, Galvin, Gagne, Operating System Concepts,
 * 3.5, with two changes. The indices are never reset, and reduced only where a
 * slot is looked up, so that full and empty differ and all slots can be used. And
 * a process that must wait sleeps on a futex instead of spinning.
 *
 * The producer alone writes tail, the consumer alone writes head, and a slot
 * changes hands by the store of an index after the copy. So a process that is
 * killed at any point leaves the ring consistent: at most the item that it was
 * putting or getting is lost.
 */
#include "families.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    CAPACITY_MAX = 1 << 16, /* items */
    ITEM_MAX = 1 << 16,     /* bytes */
    CACHE_LINE = 64,
    COMPLETE = 0x474e4952 /* a ring that is ready for use */
};

/*
 * An event count: one side waits for the event, the other side signals it. A
 * waiter reads count, then looks whether it must wait at all, and sleeps only if
 * count is still the same. The kernel compares and goes to sleep in one step, so
 * a signal in between is not lost.
 */
struct event {
    _Atomic uint32_t count;  /* signals so far; the futex */
    _Atomic uint32_t waited; /* a process sleeps, or is about to; a killed sleeper leaves it set, which costs a system call */
};

struct header {
    _Atomic uint32_t complete; /* COMPLETE, written last */
    _Atomic uint32_t closed;
    uint64_t capacity; /* items */
    uint64_t slots;    /* capacity, rounded up to a power of 2, so that it divides 2^64, where indices overflow */
    uint64_t item_max; /* bytes */
    uint64_t stride;   /* bytes from one slot to the next */

    /* What the producer writes and what the consumer writes lie in cache lines
     * of their own. */
    _Alignas(CACHE_LINE) _Atomic uint64_t tail; /* items put so far */
    struct event filled;
    _Alignas(CACHE_LINE) _Atomic uint64_t head; /* items got so far */
    struct event freed;

    _Alignas(CACHE_LINE) unsigned char slot[]; /* each a uint64_t, the length, and the item */
};

struct buffer {
    struct header *shared;
    size_t size; /* of the mapping */
};

static unsigned char *slot(struct header *h, uint64_t index)
{
    return h->slot + (index & (h->slots - 1)) * h->stride;
}

/* --- Waiting --- */

static void signal_event(struct event *e)
{
    atomic_fetch_add(&e->count, 1);
    if (atomic_load(&e->waited) != 0)
        syscall(SYS_futex, &e->count, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static struct timespec now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t;
}

static struct timespec after(int64_t milliseconds)
{
    struct timespec t = now();
    t.tv_sec += (time_t)(milliseconds / 1000);
    t.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* How long a waiter sleeps before it looks again without a wake-up, milliseconds:
 * the process that should wake it may have been killed between its change and the
 * wake-up. */
enum { LOOK_AGAIN = 250 };

/* sleep_on sleeps, unless the event has been signalled since count was read. It may
 * return early: after a signal to the process, to look again, or for no reason. */
static void sleep_on(struct event *e, uint32_t count, const struct timespec *deadline)
{
    struct timespec again = after(LOOK_AGAIN);
    if (deadline == NULL || again.tv_sec < deadline->tv_sec ||
        (again.tv_sec == deadline->tv_sec && again.tv_nsec < deadline->tv_nsec))
        deadline = &again;
    atomic_store(&e->waited, 1);
    syscall(SYS_futex, &e->count, FUTEX_WAIT_BITSET, count, deadline, NULL, FUTEX_BITSET_MATCH_ANY);
    atomic_store(&e->waited, 0);
}

static bool past(const struct timespec *deadline)
{
    struct timespec t = now();
    return t.tv_sec > deadline->tv_sec || (t.tv_sec == deadline->tv_sec && t.tv_nsec >= deadline->tv_nsec);
}

/* await repeats an attempt until its result is not refused, or the time is up.
 * refused is FULL or EMPTY: the result that means that the caller must wait. */
static enum ipckit_error await(struct header *h, struct event *e, int64_t wait, enum ipckit_error refused,
    enum ipckit_error (*attempt)(struct header *, void *), void *argument)
{
    struct timespec deadline = wait > 0 ? after(wait) : (struct timespec){0};
    for (;;) {
        uint32_t count = atomic_load(&e->count);
        enum ipckit_error error = attempt(h, argument);
        if (error != refused || wait == IPCKIT_NEVER)
            return error;
        if (wait > 0 && past(&deadline))
            return IPCKIT_TIMEOUT;
        sleep_on(e, count, wait > 0 ? &deadline : NULL);
    }
}

/* --- Putting and getting --- */

struct parcel {
    void *bytes;
    size_t size; /* of the item */
    size_t room; /* for an item to get */
};

static enum ipckit_error try_put(struct header *h, void *argument)
{
    const struct parcel *p = argument;
    if (atomic_load(&h->closed) != 0)
        return IPCKIT_CLOSED;
    uint64_t tail = atomic_load_explicit(&h->tail, memory_order_relaxed);
    if (tail - atomic_load(&h->head) >= h->capacity)
        return IPCKIT_FULL;
    uint64_t size = p->size;
    memcpy(slot(h, tail), &size, sizeof size);
    memcpy(slot(h, tail) + sizeof size, p->bytes, p->size);
    atomic_store(&h->tail, tail + 1);
    signal_event(&h->filled);
    return IPCKIT_OK;
}

static enum ipckit_error try_get(struct header *h, void *argument)
{
    struct parcel *p = argument;
    /* closed is read before tail, so that items put before the close are seen. */
    bool closed = atomic_load(&h->closed) != 0;
    uint64_t head = atomic_load_explicit(&h->head, memory_order_relaxed);
    if (head == atomic_load(&h->tail))
        return closed ? IPCKIT_CLOSED : IPCKIT_EMPTY;
    uint64_t size;
    memcpy(&size, slot(h, head), sizeof size);
    if (size > p->room)
        return ipckit_fail(IPCKIT_TOO_LARGE, "an item of %llu bytes, room for %zu", (unsigned long long)size, p->room);
    memcpy(p->bytes, slot(h, head) + sizeof size, (size_t)size);
    p->size = (size_t)size;
    atomic_store(&h->head, head + 1);
    signal_event(&h->freed);
    return IPCKIT_OK;
}

static enum ipckit_error ring_put(void *handle, const void *item, size_t size, int64_t wait)
{
    struct header *h = ((struct buffer *)handle)->shared;
    if (size > h->item_max)
        return ipckit_fail(IPCKIT_TOO_LARGE, "an item of %zu bytes, the largest is %llu", size, (unsigned long long)h->item_max);
    struct parcel p = {.bytes = (void *)item, .size = size};
    return await(h, &h->freed, wait, IPCKIT_FULL, try_put, &p);
}

static enum ipckit_error ring_get(void *handle, void *into, size_t room, size_t *size, int64_t wait)
{
    struct header *h = ((struct buffer *)handle)->shared;
    struct parcel p = {.bytes = into, .room = room};
    enum ipckit_error error = await(h, &h->filled, wait, IPCKIT_EMPTY, try_get, &p);
    *size = p.size;
    return error;
}

static enum ipckit_error ring_close(void *handle)
{
    struct header *h = ((struct buffer *)handle)->shared;
    atomic_store(&h->closed, 1);
    signal_event(&h->filled);
    signal_event(&h->freed);
    return IPCKIT_OK;
}

/* --- Making and finding --- */

static enum ipckit_error attach(int fd, size_t size, void **handle)
{
    struct buffer *b = malloc(sizeof *b);
    if (b == NULL)
        return ipckit_errno("malloc");
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED) {
        free(b);
        return ipckit_errno("mmap");
    }
    *b = (struct buffer){base, size};
    *handle = b;
    return IPCKIT_OK;
}

static enum ipckit_error ring_detach(void *handle)
{
    struct buffer *b = handle;
    enum ipckit_error error = munmap(b->shared, b->size) < 0 ? ipckit_errno("munmap") : IPCKIT_OK;
    free(b);
    return error;
}

/* make gives a new object its size and its content, and marks it complete last. */
static enum ipckit_error make(int fd, const struct ipckit_shape *shape, void **handle)
{
    uint64_t slots = 1, stride = (sizeof(uint64_t) + (uint64_t)shape->item_max + 7) / 8 * 8;
    while (slots < (uint64_t)shape->capacity)
        slots *= 2;
    size_t size = sizeof(struct header) + slots * stride; /* both factors are small: this cannot wrap */
    int failure = posix_fallocate(fd, 0, (off_t)size);
    if (failure != 0) {
        errno = failure;
        return ipckit_errno("posix_fallocate");
    }
    enum ipckit_error error = attach(fd, size, handle);
    if (error != IPCKIT_OK)
        return error;
    struct header *h = ((struct buffer *)*handle)->shared;
    h->capacity = (uint64_t)shape->capacity;
    h->slots = slots;
    h->item_max = (uint64_t)shape->item_max;
    h->stride = stride;
    atomic_init(&h->tail, shape->start_index);
    atomic_init(&h->head, shape->start_index);
    atomic_store(&h->complete, COMPLETE);
    return IPCKIT_OK;
}

static enum ipckit_error ring_create(const char *name, const struct ipckit_shape *shape, void **handle)
{
    if (shape->capacity < 1 || shape->capacity > CAPACITY_MAX || shape->item_max < 0 || shape->item_max > ITEM_MAX)
        return ipckit_fail(IPCKIT_INVALID, "want 1 to %d items of 0 to %d bytes", CAPACITY_MAX, ITEM_MAX);
    int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return ipckit_errno("shm_open");
    enum ipckit_error error = make(fd, shape, handle);
    close(fd);
    if (error != IPCKIT_OK)
        shm_unlink(name);
    return error;
}

static enum ipckit_error ring_open(const char *name, void **handle)
{
    int fd = shm_open(name, O_RDWR, 0);
    if (fd < 0)
        return ipckit_errno("shm_open");
    struct stat status;
    enum ipckit_error error = fstat(fd, &status) < 0 ? ipckit_errno("fstat") : IPCKIT_OK;
    bool sized = error == IPCKIT_OK && (size_t)status.st_size >= sizeof(struct header);
    if (sized)
        error = attach(fd, (size_t)status.st_size, handle);
    close(fd);
    if (error != IPCKIT_OK)
        return error;
    if (sized && atomic_load(&((struct buffer *)*handle)->shared->complete) == COMPLETE)
        return IPCKIT_OK;
    if (sized)
        ring_detach(*handle);
    return ipckit_fail(IPCKIT_NOT_FOUND, "%s is being created", name);
}

static enum ipckit_error ring_unlink(const char *name)
{
    return shm_unlink(name) < 0 ? ipckit_errno("shm_unlink") : IPCKIT_OK;
}

const struct ipckit_buffer ring = {
    .create = ring_create,
    .open = ring_open,
    .put = ring_put,
    .get = ring_get,
    .detach = ring_detach,
    .unlink = ring_unlink,
    .close = ring_close,
    .presets = true,
};
