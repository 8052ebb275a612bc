/*
 * Regions of shared memory, which processes find by name.
 *
 * Fill in the functions that are not written yet. ipckit compiles this file with
 * a main of its own and starts several processes of it, which share nothing but
 * what they create and open by name. After each step run
 *
 *     ipckit check .
 *
 * and ipckit.h, beside this file, says what each function must return. A good
 * order: create, open, size and map; detach and unlink; then what must be
 * refused.
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

/* What one process holds: the void * that ipckit passes to the other functions. */
struct region {
    void *base;
    size_t size; /* of the mapping, for munmap */
};

/*
 * Make a new region under a name such as "/it": shm_open with O_CREAT and O_EXCL,
 * ftruncate, mmap. Fresh memory reads zero. Refuse arguments that make no sense with
 * IPCKIT_INVALID; if anything fails after shm_open, remove the name again.
 *
 * `return ipckit_errno("shm_open");` returns the error that errno stands for.
 */
static enum ipckit_error my_create(const char *name, int64_t size, void **region)
{
    return IPCKIT_NOT_WRITTEN(); /* ... *region = x; return IPCKIT_OK; */
}

/*
 * Map an existing region: never create one, and never give it a size. What is
 * its size between the creator's shm_open and its ftruncate?
 */
static enum ipckit_error my_open(const char *name, bool read_only, void **region)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Return the size in bytes: what was asked for at its creation, or more. */
static int64_t my_size(void *region)
{
    return (int64_t)((struct region *)region)->size;
}

/* Return the address at which the region is mapped. */
static void *my_map(void *region)
{
    return ((struct region *)region)->base;
}

/* Give back what this process holds: munmap, close, free. Other processes keep the region. */
static enum ipckit_error my_detach(void *region)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Remove the name, so that nothing stays behind in /dev/shm. */
static enum ipckit_error my_unlink(const char *name)
{
    return IPCKIT_NOT_WRITTEN();
}

static const struct ipckit_region it = {
    .create = my_create,
    .open = my_open,
    .size = my_size,
    .map = my_map,
    .detach = my_detach,
    .unlink = my_unlink,
};

const struct ipckit_subject ipckit_subject = {.region = &it};
