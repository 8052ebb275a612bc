/* The example, and no more of it than narrow claims say: what they leave out is
 * refused. The macros are the claims. */
#include "families.h"

#include <sched.h>
#include <time.h>

#ifndef SHAPE_ITEM_MIN
#define SHAPE_ITEM_MIN 0
#endif
#ifndef SHAPE_ITEM_MAX
#define SHAPE_ITEM_MAX 64
#endif
#ifndef SHAPE_CAPACITY_MIN
#define SHAPE_CAPACITY_MIN 1
#endif
#ifndef SHAPE_CAPACITY_MAX
#define SHAPE_CAPACITY_MAX 64
#endif
#ifndef SHAPE_RESERVED
#define SHAPE_RESERVED 0 /* slots that stay empty */
#endif
#ifndef SHAPE_BYTES
#define SHAPE_BYTES 0 /* the capacity is in bytes */
#endif
#ifndef SHAPE_SPINS
#define SHAPE_SPINS 0
#endif
#ifndef SHAPE_REGION_MAX
#define SHAPE_REGION_MAX 4096
#endif

static enum ipckit_error inside(const struct ipckit_shape *wanted, struct ipckit_shape *shape)
{
    *shape = *wanted;
    if (shape->capacity == IPCKIT_UNBOUNDED)
        return IPCKIT_OK;
    if (shape->capacity < SHAPE_CAPACITY_MIN || shape->capacity > SHAPE_CAPACITY_MAX || shape->item_max < 0 || shape->item_max > SHAPE_ITEM_MAX)
        return ipckit_fail(IPCKIT_INVALID, "%lld of %lld bytes", (long long)shape->capacity, (long long)shape->item_max);
    if (SHAPE_BYTES && shape->item_max > 0)
        shape->capacity = shape->capacity < shape->item_max ? 1 : shape->capacity / shape->item_max;
    shape->capacity -= SHAPE_RESERVED;
    return IPCKIT_OK;
}

static enum ipckit_error takes(size_t size)
{
    if (size > SHAPE_ITEM_MAX)
        return ipckit_fail(IPCKIT_TOO_LARGE, "%zu bytes", size);
    if ((int64_t)size < SHAPE_ITEM_MIN)
        return ipckit_fail(IPCKIT_INVALID, "%zu bytes", size);
    return IPCKIT_OK;
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* again says whether to ask once more, and when the time is up. */
static bool again(enum ipckit_error *error, enum ipckit_error refusal, int64_t began, int64_t wait)
{
    if (*error != refusal || wait == IPCKIT_NEVER)
        return false;
    if (wait > 0 && now() - began > wait) {
        *error = IPCKIT_TIMEOUT;
        return false;
    }
    sched_yield();
    return true;
}

/* WAITING gives the result of a call that may be made with a wait of w. */
#define WAITING(wait, refusal, call)                                          \
    do {                                                                      \
        int64_t w = SHAPE_SPINS ? IPCKIT_NEVER : (wait), began = now();             \
        enum ipckit_error error;                                              \
        do                                                                    \
            error = (call);                                                   \
        while (SHAPE_SPINS && again(&error, (refusal), began, (wait)));             \
        return error;                                                         \
    } while (0)

#define SHAPED(family, put, get)                                                                                            \
    static enum ipckit_error family##_create(const char *name, const struct ipckit_shape *wanted, void **handle)           \
    {                                                                                                                       \
        struct ipckit_shape shape;                                                                                          \
        enum ipckit_error error = inside(wanted, &shape);                                                                   \
        return error != IPCKIT_OK ? error : family.create(name, &shape, handle);                                            \
    }                                                                                                                       \
    static enum ipckit_error family##_put(void *handle, const void *item, size_t size, int64_t wait)                        \
    {                                                                                                                       \
        enum ipckit_error refusal = takes(size);                                                                            \
        if (refusal != IPCKIT_OK)                                                                                           \
            return refusal;                                                                                                 \
        WAITING(wait, IPCKIT_FULL, family.put(handle, item, size, w));                                                      \
    }                                                                                                                       \
    static enum ipckit_error family##_get(void *handle, void *into, size_t room, size_t *size, int64_t wait)                \
    {                                                                                                                       \
        WAITING(wait, IPCKIT_EMPTY, family.get(handle, into, room, size, w));                                               \
    }

SHAPED(ring, put, get)
SHAPED(many, put, get)
SHAPED(mailbox, send, receive)

#define ENTERS(family, enter)                                                  \
    static enum ipckit_error family##_##enter(void *handle, int64_t wait)      \
    {                                                                          \
        WAITING(wait, IPCKIT_TIMEOUT, family.enter(handle, w));                \
    }

ENTERS(lock, acquire)
ENTERS(semaphore, wait)
ENTERS(rwlock, read)
ENTERS(rwlock, write)

static enum ipckit_error links_send(void *link, const void *message, size_t size, int64_t wait)
{
    enum ipckit_error refusal = takes(size);
    if (refusal != IPCKIT_OK)
        return refusal;
    WAITING(wait, IPCKIT_FULL, links.send(link, message, size, w));
}

static enum ipckit_error links_receive(void *link, void *into, size_t room, size_t *size, int64_t wait)
{
    WAITING(wait, IPCKIT_EMPTY, links.receive(link, into, room, size, w));
}

static enum ipckit_error region_create(const char *name, int64_t size, void **handle)
{
    return size > SHAPE_REGION_MAX ? ipckit_fail(IPCKIT_NO_SPACE, "%lld bytes", (long long)size) : region.create(name, size, handle);
}

static enum ipckit_error snapshot_create(const char *name, int64_t record_max, void **handle)
{
    if (record_max < 0 || record_max > SHAPE_ITEM_MAX)
        return ipckit_fail(IPCKIT_INVALID, "records of %lld bytes", (long long)record_max);
    return snapshot.create(name, record_max, handle);
}

static enum ipckit_error snapshot_publish(void *handle, const void *record, size_t size)
{
    enum ipckit_error refusal = takes(size);
    return refusal != IPCKIT_OK ? refusal : snapshot.publish(handle, record, size);
}

static struct ipckit_region shaped_region;
static struct ipckit_lock shaped_lock;
static struct ipckit_semaphore shaped_semaphore;
static struct ipckit_rwlock shaped_rwlock;
static struct ipckit_snapshot shaped_snapshot;
static struct ipckit_buffer shaped_ring, shaped_many;
static struct ipckit_mailbox shaped_mailbox;
static struct ipckit_link shaped_links;

__attribute__((constructor)) static void shape(void)
{
    shaped_region = region;
    shaped_region.create = region_create;
    shaped_lock = lock;
    shaped_lock.acquire = lock_acquire;
    shaped_semaphore = semaphore;
    shaped_semaphore.wait = semaphore_wait;
    shaped_rwlock = rwlock;
    shaped_rwlock.read = rwlock_read;
    shaped_rwlock.write = rwlock_write;
    shaped_snapshot = snapshot;
    shaped_snapshot.create = snapshot_create;
    shaped_snapshot.publish = snapshot_publish;
    shaped_ring = ring;
    shaped_ring.create = ring_create;
    shaped_ring.put = ring_put;
    shaped_ring.get = ring_get;
    shaped_many = many;
    shaped_many.create = many_create;
    shaped_many.put = many_put;
    shaped_many.get = many_get;
    shaped_mailbox = mailbox;
    shaped_mailbox.create = mailbox_create;
    shaped_mailbox.send = mailbox_put;
    shaped_mailbox.receive = mailbox_get;
    shaped_links = links;
    shaped_links.send = links_send;
    shaped_links.receive = links_receive;
}

const struct ipckit_subject ipckit_subject = {
    .region = &shaped_region,
    .word = &word,
    .lock = &shaped_lock,
    .semaphore = &shaped_semaphore,
    .rwlock = &shaped_rwlock,
    .snapshot = &shaped_snapshot,
    .one_to_one = &shaped_ring,
    .many = &shaped_many,
    .mailbox = &shaped_mailbox,
    .link = &shaped_links,
};
