/*
 * A lock for mutual exclusion: one process at a time is inside.
 *
 * Fill in the functions that are not written yet. ipckit compiles this file with
 * a main of its own and starts several processes of it, which share nothing but
 * what they create and open by name. After each step run
 *
 *     ipckit check .
 *
 * and ipckit.h, beside this file, says what each function must return. A good
 * order: create and open; calls that never wait; calls that wait; detach and unlink,
 * without which no check passes, because leftovers count as failures.
 */
#include "ipckit.h"

/* Needed sooner or later: */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * What the processes share. Addresses differ from process to process: a pointer
 * in here would be wrong in the others.
 */
struct shared {
    int complete; /* the creator has finished, and others may open it */
    /* Is a process inside? How does a waiting process learn that none is any
     * more? pthread_mutexattr_setpshared, or an atomic_int, and then? */
};

/* What one process holds: the void * that ipckit passes to the other functions. */
struct lock {
    struct shared *shared;
};

/*
 * Make a new lock under a name such as "/it": shm_open with O_CREAT and O_EXCL,
 * ftruncate, mmap. Fresh memory reads zero. Refuse arguments that make no sense with
 * IPCKIT_INVALID; if anything fails after shm_open, remove the name again.
 *
 * `return ipckit_errno("shm_open");` returns the error that errno stands for.
 */
static enum ipckit_error my_create(const char *name, void **lock)
{
    return IPCKIT_NOT_WRITTEN(); /* ... *lock = x; return IPCKIT_OK; */
}

/*
 * Attach to an object that another process has made. Its creator may not have
 * finished: what do you see between its shm_open and the last field that it sets?
 * Return IPCKIT_NOT_FOUND then.
 */
static enum ipckit_error my_open(const char *name, void **lock)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Take the lock. If another process has it: IPCKIT_TIMEOUT if wait is IPCKIT_NEVER;
 * if it is IPCKIT_FOREVER, wait until it is free. Looking whether it is free and
 * taking it must be one step: what if two processes look at the same time? */
static enum ipckit_error my_acquire(void *lock, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Give the lock up, and let a waiting process take it. */
static enum ipckit_error my_release(void *lock)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Give back what this process holds: munmap, close, free. The shared memory stays. */
static enum ipckit_error my_detach(void *lock)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Remove the name, so that nothing stays behind in /dev/shm. */
static enum ipckit_error my_unlink(const char *name)
{
    return IPCKIT_NOT_WRITTEN();
}

static const struct ipckit_lock it = {
    .create = my_create,
    .open = my_open,
    .acquire = my_acquire,
    .release = my_release,
    .detach = my_detach,
    .unlink = my_unlink,
};

const struct ipckit_subject ipckit_subject = {.lock = &it};
