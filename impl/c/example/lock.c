/*
 * Locks: a robust mutex in shared memory. See robust.h.
 */
#include "families.h"
#include "robust.h"
#include "shared.h"

#include <stdlib.h>

enum { LOCK = 0x4b434f4c };

struct place {
    struct head head;
    pthread_mutex_t mutex;
};

struct lock {
    struct shared shared;
    bool held; /* by this process */
};

static pthread_mutex_t *mutex(void *handle) { return &((struct place *)((struct lock *)handle)->shared.head)->mutex; }

static enum ipckit_error lock_create(const char *name, void **handle)
{
    struct lock *l = calloc(1, sizeof *l);
    if (l == NULL)
        return ipckit_errno("malloc");
    enum ipckit_error error = shared_create(name, sizeof(struct place), &l->shared);
    if (error != IPCKIT_OK) {
        free(l);
        return error;
    }
    robust_init(mutex(l));
    shared_complete(&l->shared, LOCK);
    *handle = l;
    return IPCKIT_OK;
}

static enum ipckit_error lock_open(const char *name, void **handle)
{
    struct lock *l = calloc(1, sizeof *l);
    if (l == NULL)
        return ipckit_errno("malloc");
    enum ipckit_error error = shared_open(name, LOCK, &l->shared);
    if (error != IPCKIT_OK)
        free(l);
    else
        *handle = l;
    return error;
}

static enum ipckit_error lock_acquire(void *handle, int64_t wait)
{
    struct timespec limit = deadline(wait > 0 ? wait : 0);
    enum ipckit_error error = wait == IPCKIT_NEVER ? robust_try(mutex(handle))
                                                   : robust_acquire(mutex(handle), wait > 0 ? &limit : NULL);
    if (granted(error))
        ((struct lock *)handle)->held = true;
    return error;
}

static enum ipckit_error lock_release(void *handle)
{
    if (!((struct lock *)handle)->held) /* the mutex records its thread, which may have the lock by another handle */
        return ipckit_fail(IPCKIT_PERMISSION, "this handle does not hold the lock");
    enum ipckit_error error = robust_release(mutex(handle));
    if (error == IPCKIT_OK)
        ((struct lock *)handle)->held = false;
    return error;
}

/* The memory of a robust mutex must not be unmapped while it is held: the thread's
 * list of robust mutexes goes through it. */
static enum ipckit_error lock_detach(void *handle)
{
    struct lock *l = handle;
    if (l->held)
        robust_release(mutex(l));
    enum ipckit_error error = shared_detach(&l->shared);
    free(l);
    return error;
}

const struct ipckit_lock lock = {
    .create = lock_create,
    .open = lock_open,
    .acquire = lock_acquire,
    .release = lock_release,
    .detach = lock_detach,
    .unlink = shared_unlink,
};
