/*
 * A reader-writer lock: many readers inside, or one writer alone.
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
    /* How many readers are inside, and is a writer? Who comes next, where both
     * wait? */
};

/* What one process holds: the void * that ipckit hands back to you. */
struct rwlock {
    struct shared *shared;
};

/*
 * Make a new rwlock under a name such as "/it": shm_open with O_CREAT and O_EXCL,
 * ftruncate, mmap. Fresh memory reads zero. Refuse what makes no sense with
 * IPCKIT_INVALID; and if anything fails after shm_open, remove the name again.
 *
 * `return ipckit_errno("shm_open")` answers what errno says.
 */
static enum ipckit_error my_create(const char *name, void **rwlock)
{
    return IPCKIT_NOT_WRITTEN(); /* ... *rwlock = x; return IPCKIT_OK; */
}

/*
 * Attach to one that another process has made. The other may still be at it:
 * what do you see between its shm_open and the last thing that it sets up?
 * Answer IPCKIT_NOT_FOUND then.
 */
static enum ipckit_error my_open(const char *name, void **rwlock)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Come in beside other readers. If a writer is inside: IPCKIT_TIMEOUT where
 * wait is IPCKIT_NEVER; where it is IPCKIT_FOREVER come in once none is. */
static enum ipckit_error my_read(void *rwlock, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Come in alone. Whom does the last reader wake, and whom a writer? */
static enum ipckit_error my_write(void *rwlock, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Leave, whichever way this process came in. */
static enum ipckit_error my_release(void *rwlock)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Give back what this process holds: munmap, close, free. What they share stays. */
static enum ipckit_error my_detach(void *rwlock)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Remove the name, so that nothing stays behind in /dev/shm. */
static enum ipckit_error my_unlink(const char *name)
{
    return IPCKIT_NOT_WRITTEN();
}

static const struct ipckit_rwlock it = {
    .create = my_create,
    .open = my_open,
    .read = my_read,
    .write = my_write,
    .release = my_release,
    .detach = my_detach,
    .unlink = my_unlink,
};

const struct ipckit_subject ipckit_subject = {.rwlock = &it};
