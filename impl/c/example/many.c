/*
 * A bounded buffer between many producers and many consumers: a ring guarded by a
 * robust mutex, and two event counts to sleep on.
 *
 * A put or a get takes effect by one store that moves an index, after the copy.
 * Before that store, and while it holds the mutex, it wakes the processes that
 * wait; they then wait for the mutex. So a process that is killed at any point has
 * either changed nothing, or has already woken the processes that wait for its
 * change.
 */
#include "families.h"
#include "robust.h"
#include "shared.h"

#include <limits.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MANY = 0x594e414d, CAPACITY_MAX = 1 << 16, ITEM_MAX = 1 << 16 };

/* An event count, guarded by the mutex. A process that must wait reads count before
 * it releases the mutex, and the kernel lets it sleep only if count is still the
 * same. */
struct event {
    _Atomic uint32_t count;  /* signals so far; the futex */
    _Atomic uint32_t waited; /* a process may be asleep */
};

struct place {
    struct head head;
    pthread_mutex_t mutex; /* guards what follows and changes */
    bool closed;
    uint64_t capacity, slots; /* slots: capacity, rounded up to a power of 2, so that indices may overflow */
    uint64_t item_max, stride;
    uint64_t tail, head_index; /* items put and got so far */
    struct event filled, freed;
    unsigned char slot[]; /* each a uint64_t, the length, and the item */
};

struct many {
    struct shared shared;
};

/* A parcel is an item on its way in or out. */
struct parcel {
    void *bytes;
    size_t size, room;
};

static struct place *place(void *handle) { return (struct place *)((struct many *)handle)->shared.head; }

static unsigned char *slot(struct place *p, uint64_t index) { return p->slot + (index & (p->slots - 1)) * p->stride; }

static void signal_event(struct event *e)
{
    atomic_fetch_add(&e->count, 1);
    if (atomic_load(&e->waited) != 0) {
        syscall(SYS_futex, &e->count, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
        atomic_store(&e->waited, 0); /* last: if this process dies before, it stays recorded that a process may be asleep */
    }
}

/* --- With the mutex held --- */

static enum ipckit_error try_put(struct place *p, struct parcel *item)
{
    if (p->closed)
        return IPCKIT_CLOSED;
    if (p->tail - p->head_index >= p->capacity)
        return IPCKIT_FULL;
    uint64_t size = item->size;
    memcpy(slot(p, p->tail), &size, sizeof size);
    memcpy(slot(p, p->tail) + sizeof size, item->bytes, item->size);
    signal_event(&p->filled);
    *(volatile uint64_t *)&p->tail = p->tail + 1;
    return IPCKIT_OK;
}

static enum ipckit_error try_get(struct place *p, struct parcel *item)
{
    if (p->head_index == p->tail)
        return p->closed ? IPCKIT_CLOSED : IPCKIT_EMPTY;
    uint64_t size;
    memcpy(&size, slot(p, p->head_index), sizeof size);
    if (size > item->room)
        return ipckit_fail(IPCKIT_TOO_LARGE, "an item of %llu bytes, room for %zu", (unsigned long long)size, item->room);
    memcpy(item->bytes, slot(p, p->head_index) + sizeof size, (size_t)size);
    item->size = (size_t)size;
    signal_event(&p->freed);
    *(volatile uint64_t *)&p->head_index = p->head_index + 1;
    return IPCKIT_OK;
}

/* --- */

/* await repeats an attempt until its result is not refused, or the time is up.
 * refused is FULL or EMPTY: the result that means that the caller must wait. */
static enum ipckit_error await(struct place *p, struct event *e, int64_t wait, enum ipckit_error refused,
    enum ipckit_error (*attempt)(struct place *, struct parcel *), struct parcel *item)
{
    struct timespec limit = deadline(wait > 0 ? wait : 0);
    for (;;) {
        enum ipckit_error error = robust_acquire(&p->mutex, NULL);
        if (!granted(error))
            return error;
        error = attempt(p, item);
        bool sleeps = error == refused && wait != IPCKIT_NEVER && !(wait > 0 && past(&limit));
        if (sleeps)
            atomic_store(&e->waited, 1);
        uint32_t count = atomic_load(&e->count);
        robust_release(&p->mutex);
        if (!sleeps)
            return error == refused && wait != IPCKIT_NEVER ? IPCKIT_TIMEOUT : error;
        syscall(SYS_futex, &e->count, FUTEX_WAIT_BITSET, count, wait > 0 ? &limit : NULL, NULL, FUTEX_BITSET_MATCH_ANY);
    }
}

static enum ipckit_error many_put(void *handle, const void *bytes, size_t size, int64_t wait)
{
    struct place *p = place(handle);
    if (size > p->item_max)
        return ipckit_fail(IPCKIT_TOO_LARGE, "an item of %zu bytes, the largest is %llu", size, (unsigned long long)p->item_max);
    struct parcel item = {.bytes = (void *)bytes, .size = size};
    return await(p, &p->freed, wait, IPCKIT_FULL, try_put, &item);
}

static enum ipckit_error many_get(void *handle, void *into, size_t room, size_t *size, int64_t wait)
{
    struct place *p = place(handle);
    struct parcel item = {.bytes = into, .room = room};
    enum ipckit_error error = await(p, &p->filled, wait, IPCKIT_EMPTY, try_get, &item);
    *size = item.size;
    return error;
}

static enum ipckit_error many_close(void *handle)
{
    struct place *p = place(handle);
    enum ipckit_error error = robust_acquire(&p->mutex, NULL);
    if (!granted(error))
        return error;
    signal_event(&p->filled);
    signal_event(&p->freed);
    p->closed = true;
    return robust_release(&p->mutex);
}

static enum ipckit_error many_create(const char *name, const struct ipckit_shape *shape, void **handle)
{
    if (shape->capacity < 1 || shape->capacity > CAPACITY_MAX || shape->item_max < 0 || shape->item_max > ITEM_MAX)
        return ipckit_fail(IPCKIT_INVALID, "want 1 to %d items of 0 to %d bytes", CAPACITY_MAX, ITEM_MAX);
    struct many *m = calloc(1, sizeof *m);
    if (m == NULL)
        return ipckit_errno("malloc");
    uint64_t slots = 1, stride = (sizeof(uint64_t) + (uint64_t)shape->item_max + 7) / 8 * 8;
    while (slots < (uint64_t)shape->capacity)
        slots *= 2;
    enum ipckit_error error = shared_create(name, sizeof(struct place) + slots * stride, &m->shared);
    if (error != IPCKIT_OK) {
        free(m);
        return error;
    }
    struct place *p = place(m);
    robust_init(&p->mutex);
    p->capacity = (uint64_t)shape->capacity;
    p->slots = slots;
    p->item_max = (uint64_t)shape->item_max;
    p->stride = stride;
    p->tail = p->head_index = shape->start_index;
    shared_complete(&m->shared, MANY);
    *handle = m;
    return IPCKIT_OK;
}

static enum ipckit_error many_open(const char *name, void **handle)
{
    struct many *m = calloc(1, sizeof *m);
    if (m == NULL)
        return ipckit_errno("malloc");
    enum ipckit_error error = shared_open(name, MANY, &m->shared);
    if (error != IPCKIT_OK)
        free(m);
    else
        *handle = m;
    return error;
}

static enum ipckit_error many_detach(void *handle)
{
    struct many *m = handle;
    enum ipckit_error error = shared_detach(&m->shared);
    free(m);
    return error;
}

const struct ipckit_buffer many = {
    .create = many_create,
    .open = many_open,
    .put = many_put,
    .get = many_get,
    .detach = many_detach,
    .unlink = shared_unlink,
    .close = many_close,
    .presets = true,
};
