/*
 * A lock for mutual exclusion: one process at a time is inside.
 *
 * Fill in the functions that are not written yet. ipckit compiles this file with
 * a main of its own and starts several processes of it, so nothing can pass from
 * one to the other but through what they share by name. After each
 * step run
 *
 *     ipckit check .
 *
 * and ipckit.h, beside this file, says what each function has to answer. A good
 * order: create and open; what never waits; waiting; detach and unlink,
 * without which nothing passes, because whatever stays behind counts.
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
    int complete; /* the creator is done, and others may come in */
    /* Is somebody inside? How does one who waits find out that nobody is any
     * more? pthread_mutexattr_setpshared, or an atomic_int, and then? */
};

/* What one process holds: the void * that ipckit hands back to you. */
struct lock {
    struct shared *shared;
};

/*
 * Make a new lock under a name such as "/it": shm_open with O_CREAT and O_EXCL,
 * ftruncate, mmap. Fresh memory reads zero. Refuse what makes no sense with
 * IPCKIT_INVALID; and if anything fails after shm_open, remove the name again.
 *
 * `return ipckit_errno("shm_open")` answers what errno says.
 */
static enum ipckit_error my_create(const char *name, void **lock)
{
    return IPCKIT_NOT_WRITTEN(); /* ... *lock = x; return IPCKIT_OK; */
}

/*
 * Attach to one that another process has made. The other may still be at it:
 * what do you see between its shm_open and the last thing that it sets up?
 * Answer IPCKIT_NOT_FOUND then.
 */
static enum ipckit_error my_open(const char *name, void **lock)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Come in. If another is inside: IPCKIT_TIMEOUT where wait is IPCKIT_NEVER;
 * where it is IPCKIT_FOREVER come in once nobody is. Looking whether it is free
 * and taking it has to be one step: what if two look at the same time? */
static enum ipckit_error my_acquire(void *lock, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Leave, and let one of those come in who wait. */
static enum ipckit_error my_release(void *lock)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Give back what this process holds: munmap, close, free. What they share stays. */
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
