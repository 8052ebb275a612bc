/*
 * A bounded buffer between many producers and many consumers.
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
    /* Where does the next item go, and where is the oldest? What keeps two
     * producers from taking the same place, and two consumers the same item? */
};

/* What one process holds: the void * that ipckit passes to the other functions. */
struct buffer {
    struct shared *shared;
};

/*
 * Make a new buffer under a name such as "/it": shm_open with O_CREAT and O_EXCL,
 * ftruncate, mmap. Fresh memory reads zero. Refuse arguments that make no sense with
 * IPCKIT_INVALID; if anything fails after shm_open, remove the name again.
 *
 * `return ipckit_errno("shm_open");` returns the error that errno stands for.
 */
static enum ipckit_error my_create(const char *name, const struct ipckit_shape *shape, void **buffer)
{
    return IPCKIT_NOT_WRITTEN(); /* ... *buffer = x; return IPCKIT_OK; */
}

/*
 * Attach to an object that another process has made. Its creator may not have
 * finished: what do you see between its shm_open and the last field that it sets?
 * Return IPCKIT_NOT_FOUND then.
 */
static enum ipckit_error my_open(const char *name, void **buffer)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Copy an item into the buffer. If it is full: IPCKIT_FULL if wait is IPCKIT_NEVER;
 * if it is IPCKIT_FOREVER, wait until there is room. */
static enum ipckit_error my_put(void *buffer, const void *item, size_t size, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Copy the oldest item out, which frees its slot, and set *size to its length. If
 * there is none: IPCKIT_EMPTY if wait is IPCKIT_NEVER; if it is IPCKIT_FOREVER, wait
 * until there is one. */
static enum ipckit_error my_get(void *buffer, void *into, size_t room, size_t *size, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Give back what this process holds: munmap, close, free. The shared memory stays. */
static enum ipckit_error my_detach(void *buffer)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Remove the name, so that nothing stays behind in /dev/shm. */
static enum ipckit_error my_unlink(const char *name)
{
    return IPCKIT_NOT_WRITTEN();
}

static const struct ipckit_buffer it = {
    .create = my_create,
    .open = my_open,
    .put = my_put,
    .get = my_get,
    .detach = my_detach,
    .unlink = my_unlink,
};

const struct ipckit_subject ipckit_subject = {.many = &it};
