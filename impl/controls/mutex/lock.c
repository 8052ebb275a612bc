/*
 * Locks: pthread_mutex_t with PTHREAD_PROCESS_SHARED, in an object of shm_open.
 */
#include "ipckit.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct place {
    atomic_int ready; /* written last */
    pthread_mutex_t mutex;
};

static enum ipckit_error map(int fd, void **lock)
{
    *lock = mmap(NULL, sizeof(struct place), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return *lock == MAP_FAILED ? ipckit_errno("mmap") : IPCKIT_OK;
}

static enum ipckit_error lock_create(const char *name, void **lock)
{
    int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
    if (fd < 0)
        return ipckit_errno("shm_open");
    if (ftruncate(fd, sizeof(struct place)) < 0) {
        enum ipckit_error error = ipckit_errno("ftruncate");
        close(fd);
        shm_unlink(name);
        return error;
    }
    enum ipckit_error error = map(fd, lock);
    if (error != IPCKIT_OK) {
        shm_unlink(name);
        return error;
    }
    struct place *p = *lock;
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&p->mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    atomic_store(&p->ready, 1);
    return IPCKIT_OK;
}

static enum ipckit_error lock_open(const char *name, void **lock)
{
    int fd = shm_open(name, O_RDWR, 0);
    struct stat status;
    if (fd < 0)
        return ipckit_errno("shm_open");
    if (fstat(fd, &status) < 0 || (size_t)status.st_size < sizeof(struct place)) {
        close(fd);
        return ipckit_fail(IPCKIT_NOT_FOUND, "%s is being created", name);
    }
    enum ipckit_error error = map(fd, lock);
    if (error != IPCKIT_OK || atomic_load(&((struct place *)*lock)->ready))
        return error;
    munmap(*lock, sizeof(struct place));
    return ipckit_fail(IPCKIT_NOT_FOUND, "%s is being created", name);
}

static enum ipckit_error lock_acquire(void *lock, int64_t wait)
{
    pthread_mutex_t *m = &((struct place *)lock)->mutex;
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit); /* the clock of pthread_mutex_timedlock */
    limit.tv_sec += (time_t)(wait / 1000);
    limit.tv_nsec += (long)(wait % 1000) * 1000000;
    if (limit.tv_nsec >= 1000000000) {
        limit.tv_sec++;
        limit.tv_nsec -= 1000000000;
    }
    errno = wait == IPCKIT_FOREVER ? pthread_mutex_lock(m)
        : wait == IPCKIT_NEVER     ? pthread_mutex_trylock(m)
                                   : pthread_mutex_timedlock(m, &limit);
    return errno == 0 ? IPCKIT_OK : errno == EBUSY ? IPCKIT_TIMEOUT : ipckit_errno("pthread_mutex_lock");
}

static enum ipckit_error lock_release(void *lock)
{
    errno = pthread_mutex_unlock(&((struct place *)lock)->mutex);
    return errno == 0 ? IPCKIT_OK : ipckit_errno("pthread_mutex_unlock");
}

static enum ipckit_error lock_detach(void *lock)
{
    return munmap(lock, sizeof(struct place)) < 0 ? ipckit_errno("munmap") : IPCKIT_OK;
}

static enum ipckit_error lock_unlink(const char *name)
{
    return shm_unlink(name) < 0 ? ipckit_errno("shm_unlink") : IPCKIT_OK;
}

static const struct ipckit_lock lock = {
    .create = lock_create,
    .open = lock_open,
    .acquire = lock_acquire,
    .release = lock_release,
    .detach = lock_detach,
    .unlink = lock_unlink,
};

const struct ipckit_subject ipckit_subject = {.lock = &lock};
