/*
 * Semaphores: the named ones of POSIX, sem_overview(7).
 */
#define _GNU_SOURCE /* sem_clockwait, POSIX since 2024 */
#include "families.h"
#include "shared.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <sys/stat.h>

static enum ipckit_error semaphore_create(const char *name, int64_t initial, int64_t maximum, void **handle)
{
    if (initial < 0 || initial > SEM_VALUE_MAX || maximum != SEM_VALUE_MAX)
        return ipckit_fail(IPCKIT_INVALID, "value %lld, maximum %lld: want a value of 0 to %d and a maximum of %d", (long long)initial,
            (long long)maximum, SEM_VALUE_MAX, SEM_VALUE_MAX);
    sem_t *s = sem_open(name, O_CREAT | O_EXCL, S_IRUSR | S_IWUSR, (unsigned)initial);
    *handle = s;
    return s == SEM_FAILED ? ipckit_errno("sem_open") : IPCKIT_OK;
}

static enum ipckit_error semaphore_open(const char *name, void **handle)
{
    sem_t *s = sem_open(name, 0);
    *handle = s;
    return s == SEM_FAILED ? ipckit_errno("sem_open") : IPCKIT_OK;
}

static enum ipckit_error semaphore_wait(void *handle, int64_t wait)
{
    struct timespec limit = deadline(wait > 0 ? wait : 0);
    int result;
    do { /* a signal is not a permit */
        result = wait == IPCKIT_NEVER ? sem_trywait(handle)
            : wait == IPCKIT_FOREVER  ? sem_wait(handle)
                                      : sem_clockwait(handle, CLOCK_MONOTONIC, &limit);
    } while (result < 0 && errno == EINTR);
    return result == 0 ? IPCKIT_OK : errno == EAGAIN ? IPCKIT_TIMEOUT : ipckit_errno("sem_wait");
}

static enum ipckit_error semaphore_post(void *handle)
{
    if (sem_post(handle) == 0)
        return IPCKIT_OK;
    return errno == EOVERFLOW ? ipckit_fail(IPCKIT_FULL, "the value is %d", SEM_VALUE_MAX) : ipckit_errno("sem_post");
}

static enum ipckit_error semaphore_detach(void *handle)
{
    return sem_close(handle) < 0 ? ipckit_errno("sem_close") : IPCKIT_OK;
}

static enum ipckit_error semaphore_unlink(const char *name)
{
    return sem_unlink(name) < 0 ? ipckit_errno("sem_unlink") : IPCKIT_OK;
}

const struct ipckit_semaphore semaphore = {
    .create = semaphore_create,
    .open = semaphore_open,
    .wait = semaphore_wait,
    .post = semaphore_post,
    .detach = semaphore_detach,
    .unlink = semaphore_unlink,
};
