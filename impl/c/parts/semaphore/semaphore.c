/*
 * A counting semaphore: waiting takes one from its value, posting adds one.
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
    /* The value; and how do waiting processes learn that it is above zero? */
};

/* What one process holds: the void * that ipckit passes to the other functions. */
struct semaphore {
    struct shared *shared;
};

/*
 * Make a new semaphore under a name such as "/it": shm_open with O_CREAT and O_EXCL,
 * ftruncate, mmap. Fresh memory reads zero. Refuse arguments that make no sense with
 * IPCKIT_INVALID; if anything fails after shm_open, remove the name again.
 *
 * `return ipckit_errno("shm_open");` returns the error that errno stands for.
 */
static enum ipckit_error my_create(const char *name, int64_t initial, int64_t maximum, void **semaphore)
{
    return IPCKIT_NOT_WRITTEN(); /* ... *semaphore = x; return IPCKIT_OK; */
}

/*
 * Attach to an object that another process has made. Its creator may not have
 * finished: what do you see between its shm_open and the last field that it sets?
 * Return IPCKIT_NOT_FOUND then.
 */
static enum ipckit_error my_open(const char *name, void **semaphore)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Subtract one from the value. If it is zero: IPCKIT_TIMEOUT if wait is
 * IPCKIT_NEVER; if it is IPCKIT_FOREVER, wait until it is not. A signal may interrupt
 * a call that sleeps: is EINTR success? */
static enum ipckit_error my_wait(void *semaphore, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Add one, and wake a waiting process. What if none waits? */
static enum ipckit_error my_post(void *semaphore)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Give back what this process holds: munmap, close, free. The shared memory stays. */
static enum ipckit_error my_detach(void *semaphore)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Remove the name, so that nothing stays behind in /dev/shm. */
static enum ipckit_error my_unlink(const char *name)
{
    return IPCKIT_NOT_WRITTEN();
}

static const struct ipckit_semaphore it = {
    .create = my_create,
    .open = my_open,
    .wait = my_wait,
    .post = my_post,
    .detach = my_detach,
    .unlink = my_unlink,
};

const struct ipckit_subject ipckit_subject = {.semaphore = &it};
