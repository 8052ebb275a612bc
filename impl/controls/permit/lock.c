/*
 * Mutual exclusion by a named semaphore with the initial value 1 (Silberschatz, Galvin,
 * Gagne, Operating System Concepts, 6.6).
 */
#include "ipckit.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <time.h>

static enum ipckit_error lock_create(const char *name, void **lock)
{
    *lock = sem_open(name, O_CREAT | O_EXCL, 0600, 1);
    return *lock == SEM_FAILED ? ipckit_errno("sem_open") : IPCKIT_OK;
}

static enum ipckit_error lock_open(const char *name, void **lock)
{
    *lock = sem_open(name, 0);
    return *lock == SEM_FAILED ? ipckit_errno("sem_open") : IPCKIT_OK;
}

static enum ipckit_error lock_acquire(void *lock, int64_t wait)
{
    if (wait > 0)
        return ipckit_fail(IPCKIT_UNSUPPORTED, "a lock with a time limit");
    int result;
    do {
        result = wait == IPCKIT_NEVER ? sem_trywait(lock) : sem_wait(lock);
    } while (result < 0 && errno == EINTR);
    return result == 0 ? IPCKIT_OK : errno == EAGAIN ? IPCKIT_TIMEOUT : ipckit_errno("sem_wait");
}

static enum ipckit_error lock_release(void *lock)
{
    return sem_post(lock) < 0 ? ipckit_errno("sem_post") : IPCKIT_OK;
}

static enum ipckit_error lock_detach(void *lock)
{
    return sem_close(lock) < 0 ? ipckit_errno("sem_close") : IPCKIT_OK;
}

static enum ipckit_error lock_unlink(const char *name)
{
    return sem_unlink(name) < 0 ? ipckit_errno("sem_unlink") : IPCKIT_OK;
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
