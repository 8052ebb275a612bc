/* A lock whose shared memory holds a pointer into the heap of the process that
 * created it: any other process that follows it crashes. */
#include "ipckit.h"
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct counts { long acquired; };
struct shared { sem_t free; struct counts *counts; };

static enum ipckit_error attach(const char *name, int flags, void **out)
{
    int fd = shm_open(name, O_RDWR | flags, 0666);
    if (fd < 0)
        return ipckit_errno("shm_open");
    if (ftruncate(fd, sizeof(struct shared)) < 0)
        return ipckit_errno("ftruncate");
    struct shared *s = mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (s == MAP_FAILED)
        return ipckit_errno("mmap");
    if (flags != 0) {
        s->counts = calloc(1, sizeof *s->counts);
        sem_init(&s->free, 1, 1);
    }
    *out = s;
    return IPCKIT_OK;
}

static enum ipckit_error l_create(const char *name, void **out) { return attach(name, O_CREAT | O_EXCL, out); }
static enum ipckit_error l_open(const char *name, void **out) { return attach(name, 0, out); }

static enum ipckit_error l_acquire(void *h, int64_t wait)
{
    struct shared *s = h;
    while ((wait == IPCKIT_FOREVER ? sem_wait(&s->free) : sem_trywait(&s->free)) < 0)
        if (errno == EAGAIN)
            return IPCKIT_TIMEOUT;
    s->counts->acquired++;
    return IPCKIT_OK;
}

static enum ipckit_error l_release(void *h)
{
    struct shared *s = h;
    return sem_post(&s->free) < 0 ? ipckit_errno("sem_post") : IPCKIT_OK;
}

static enum ipckit_error l_detach(void *h) { return munmap(h, sizeof(struct shared)) < 0 ? ipckit_errno("munmap") : IPCKIT_OK; }
static enum ipckit_error l_unlink(const char *name) { return shm_unlink(name) < 0 ? ipckit_errno("shm_unlink") : IPCKIT_OK; }

static const struct ipckit_lock it = {.create = l_create, .open = l_open, .acquire = l_acquire,
    .release = l_release, .detach = l_detach, .unlink = l_unlink};
const struct ipckit_subject ipckit_subject = {.lock = &it};
