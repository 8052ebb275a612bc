/*
 * The circular buffer of Silberschatz, Galvin, Gagne, Operating System
 * Concepts, 3.5 (IPC in shared-memory systems): in and out, full when the slot
 * after in is out, empty when they are equal, and a loop that waits.
 *
 * The book's int becomes an atomic int of C11. A plain one is no correct
 * program: the compiler may read it once for the whole loop, and nothing would
 * make an item visible before the index that announces it. The book does not say
 * what a waiting process does in its loop; here it yields, since otherwise the
 * other process could not run on a machine with one processor.
 */
#include "ipckit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define BUFFER_SIZE 10
#define ITEM_MAX 64

typedef struct {
    size_t size;
    unsigned char bytes[ITEM_MAX];
} item;

/* New memory is all zeros, which is right for in and out: a buffer that has its full
 * size is ready. */
struct shared {
    atomic_int in;  /* the next free slot; the producer's */
    atomic_int out; /* the first full slot; the consumer's */
    item buffer[BUFFER_SIZE];
};

/* The pauses between looks, for as long as the caller may wait. */
struct patience {
    int64_t wait;
    struct timespec began;
};

static int64_t milliseconds(struct timespec from, struct timespec to)
{
    return (int64_t)(to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000;
}

/* again reports whether to look once more. */
static bool again(struct patience *p)
{
    struct timespec now;
    if (p->wait == IPCKIT_NEVER)
        return false;
    if (p->wait > 0) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (p->began.tv_sec == 0 && p->began.tv_nsec == 0)
            p->began = now;
        if (milliseconds(p->began, now) >= p->wait)
            return false;
    }
    sched_yield();
    return true;
}

static enum ipckit_error ring_put(void *handle, const void *bytes, size_t size, int64_t wait)
{
    struct shared *s = handle;
    struct patience patience = {.wait = wait};
    if (size > ITEM_MAX)
        return IPCKIT_TOO_LARGE;
    int in = atomic_load(&s->in);
    while ((in + 1) % BUFFER_SIZE == atomic_load(&s->out))
        if (!again(&patience))
            return wait == IPCKIT_NEVER ? IPCKIT_FULL : IPCKIT_TIMEOUT;
    s->buffer[in].size = size;
    memcpy(s->buffer[in].bytes, bytes, size);
    atomic_store(&s->in, (in + 1) % BUFFER_SIZE);
    return IPCKIT_OK;
}

static enum ipckit_error ring_get(void *handle, void *into, size_t room, size_t *size, int64_t wait)
{
    struct shared *s = handle;
    struct patience patience = {.wait = wait};
    int out = atomic_load(&s->out);
    while (atomic_load(&s->in) == out)
        if (!again(&patience))
            return wait == IPCKIT_NEVER ? IPCKIT_EMPTY : IPCKIT_TIMEOUT;
    if (s->buffer[out].size > room)
        return IPCKIT_TOO_LARGE;
    *size = s->buffer[out].size;
    memcpy(into, s->buffer[out].bytes, *size);
    atomic_store(&s->out, (out + 1) % BUFFER_SIZE);
    return IPCKIT_OK;
}

static enum ipckit_error map(int fd, void **handle)
{
    void *base = mmap(NULL, sizeof(struct shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED)
        return ipckit_errno("mmap");
    *handle = base;
    return IPCKIT_OK;
}

static enum ipckit_error ring_create(const char *name, const struct ipckit_shape *shape, void **handle)
{
    if (shape->capacity != BUFFER_SIZE || shape->item_max < 0 || shape->item_max > ITEM_MAX)
        return ipckit_fail(IPCKIT_INVALID, "there are %d slots for items of up to %d bytes", BUFFER_SIZE, ITEM_MAX);
    int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, S_IRUSR | S_IWUSR);
    if (fd == -1)
        return ipckit_errno("shm_open");
    enum ipckit_error error = ftruncate(fd, sizeof(struct shared)) == -1 ? ipckit_errno("ftruncate") : map(fd, handle);
    close(fd);
    if (error != IPCKIT_OK)
        shm_unlink(name);
    return error;
}

static enum ipckit_error ring_open(const char *name, void **handle)
{
    int fd = shm_open(name, O_RDWR, 0);
    if (fd == -1)
        return ipckit_errno("shm_open");
    struct stat status;
    enum ipckit_error error = IPCKIT_OK;
    if (fstat(fd, &status) == -1)
        error = ipckit_errno("fstat");
    else if (status.st_size < (off_t)sizeof(struct shared))
        error = ipckit_fail(IPCKIT_NOT_FOUND, "%s has no size yet", name);
    else
        error = map(fd, handle);
    close(fd);
    return error;
}

static enum ipckit_error ring_detach(void *handle)
{
    return munmap(handle, sizeof(struct shared)) == -1 ? ipckit_errno("munmap") : IPCKIT_OK;
}

static enum ipckit_error ring_unlink(const char *name)
{
    return shm_unlink(name) == -1 ? ipckit_errno("shm_unlink") : IPCKIT_OK;
}

static const struct ipckit_buffer ring = {
    .create = ring_create,
    .open = ring_open,
    .put = ring_put,
    .get = ring_get,
    .detach = ring_detach,
    .unlink = ring_unlink,
};

const struct ipckit_subject ipckit_subject = {.name = "spinning", .one_to_one = &ring};
