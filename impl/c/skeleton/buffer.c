/*
 * A bounded buffer between two processes: one puts items in, the other gets
 * them out, in the same order.
 *
 * Fill in the functions marked NOT WRITTEN. ipckit compiles this file with a
 * main of its own and starts several processes of it, so nothing can pass from
 * one to the other but through memory that they share. After each step run
 *
 *     ipckit check .
 *
 * and ipckit.h, beside this file, says what each function must return. A good
 * order: create and open; put and get that never wait; waiting; detach and
 * unlink, without which nothing passes, because whatever stays behind counts.
 */
#include "ipckit.h"

/* Needed sooner or later: */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * What the two processes share. Addresses differ from process to process: a
 * pointer in here would be wrong in the other one.
 */
struct shared {
    int64_t capacity;
    /* Where does the next item go, and where is the oldest? How do you tell a
     * full buffer from an empty one? Which of these fields does each side
     * write, and what keeps the other from seeing half of it? */
};

/* What one process holds: the void * that ipckit passes to the other functions. */
struct buffer {
    struct shared *shared;
    size_t size; /* of the mapping, for munmap */
};

/*
 * Make a new buffer under a name such as "/ring": shm_open with O_CREAT and
 * O_EXCL, ftruncate, mmap. New memory reads zero. Refuse a shape that makes no
 * sense, such as a capacity of -1, with IPCKIT_INVALID; if anything fails
 * after shm_open, remove the name again.
 *
 * `return ipckit_errno("shm_open");` returns the error that errno stands for.
 */
static enum ipckit_error ring_create(const char *name, const struct ipckit_shape *shape, void **buffer)
{
    return IPCKIT_NOT_WRITTEN(); /* ... *buffer = b; return IPCKIT_OK; */
}

/*
 * Attach to a buffer that another process has made. Its creator may not have
 * finished: what do you see between its shm_open and its ftruncate? Return
 * IPCKIT_NOT_FOUND then.
 */
static enum ipckit_error ring_open(const char *name, void **buffer)
{
    return IPCKIT_NOT_WRITTEN();
}

/*
 * Copy an item into the buffer. If it is full: IPCKIT_FULL if wait is IPCKIT_NEVER;
 * if it is IPCKIT_FOREVER, wait until there is room. The item's memory belongs to
 * the caller, which overwrites it afterwards.
 */
static enum ipckit_error ring_put(void *buffer, const void *item, size_t size, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN(); /* struct shared *s = ((struct buffer *)buffer)->shared; ... */
}

/*
 * Copy the oldest item out, which frees its slot, and set *size to its length.
 * If there is none: IPCKIT_EMPTY if wait is IPCKIT_NEVER; if it is IPCKIT_FOREVER,
 * wait until there is one.
 */
static enum ipckit_error ring_get(void *buffer, void *into, size_t room, size_t *size, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Give back what this process holds: munmap, close, free. Items stay. */
static enum ipckit_error ring_detach(void *buffer)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Remove the name, so that nothing stays behind in /dev/shm. */
static enum ipckit_error ring_unlink(const char *name)
{
    return IPCKIT_NOT_WRITTEN();
}

static const struct ipckit_buffer ring = {
    .create = ring_create,
    .open = ring_open,
    .put = ring_put,
    .get = ring_get,
    .detach = ring_detach,
    .unlink = ring_unlink,
};

const struct ipckit_subject ipckit_subject = {.one_to_one = &ring};
