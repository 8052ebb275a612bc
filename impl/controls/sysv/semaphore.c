/*
 * Semaphores: semget, semop, semctl. A set exists before it has its value. The
 * first semop gives it that and, in the same step, the time of the last semop;
 * a set without such a time is being created (Stevens, UNIX Network Programming
 * 2, 11.2).
 */
#define _GNU_SOURCE /* semtimedop */
#include "key.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/sem.h>
#include <time.h>

enum { VALUE_MAX = 32767 };

union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
};

static enum ipckit_error keep(int id, void **handle)
{
    int *s = malloc(sizeof *s);
    if (s == NULL)
        return ipckit_errno("malloc");
    *s = id;
    *handle = s;
    return IPCKIT_OK;
}

static enum ipckit_error semaphore_create(const char *name, int64_t initial, int64_t maximum, void **handle)
{
    key_t key;
    if (initial < 0 || initial > VALUE_MAX || maximum != VALUE_MAX)
        return ipckit_fail(IPCKIT_INVALID, "want a value of 0 to %d, and that maximum", VALUE_MAX);
    enum ipckit_error error = key_of(name, &key);
    if (error != IPCKIT_OK)
        return error;
    int id = semget(key, 1, IPC_CREAT | IPC_EXCL | 0600);
    if (id < 0)
        return ipckit_errno("semget");
    struct sembuf first = {.sem_op = (short)initial}; /* 0: wait for zero, which it is */
    error = semop(id, &first, 1) < 0 ? ipckit_errno("semop") : keep(id, handle);
    if (error != IPCKIT_OK)
        semctl(id, 0, IPC_RMID);
    return error;
}

static enum ipckit_error find(const char *name, int *id)
{
    key_t key;
    enum ipckit_error error = key_of(name, &key);
    if (error != IPCKIT_OK)
        return error;
    *id = semget(key, 0, 0);
    return *id < 0 ? ipckit_errno("semget") : IPCKIT_OK;
}

static enum ipckit_error semaphore_open(const char *name, void **handle)
{
    int id;
    struct semid_ds status;
    enum ipckit_error error = find(name, &id);
    if (error != IPCKIT_OK)
        return error;
    if (semctl(id, 0, IPC_STAT, (union semun){.buf = &status}) < 0)
        return ipckit_errno("semctl");
    if (status.sem_otime == 0)
        return ipckit_fail(IPCKIT_NOT_FOUND, "%s is being created", name);
    return keep(id, handle);
}

static int64_t milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum ipckit_error semaphore_wait(void *handle, int64_t wait)
{
    struct sembuf take = {.sem_op = -1, .sem_flg = wait == IPCKIT_NEVER ? IPC_NOWAIT : 0};
    int64_t end = wait > 0 ? milliseconds() + wait + 1 : 0; /* the clock is read in whole milliseconds */
    for (;;) {
        int64_t left = wait > 0 ? end - milliseconds() : 0;
        if (wait > 0 && left <= 0)
            return IPCKIT_TIMEOUT;
        struct timespec limit = {.tv_sec = (time_t)(left / 1000), .tv_nsec = (long)(left % 1000) * 1000000};
        if (semtimedop(*(int *)handle, &take, 1, wait > 0 ? &limit : NULL) == 0)
            return IPCKIT_OK;
        if (errno == EAGAIN && wait == IPCKIT_NEVER)
            return IPCKIT_TIMEOUT;
        if (errno != EINTR && errno != EAGAIN)
            return ipckit_errno("semtimedop");
    }
}

static enum ipckit_error semaphore_post(void *handle)
{
    struct sembuf give = {.sem_op = 1};
    if (semop(*(int *)handle, &give, 1) == 0)
        return IPCKIT_OK;
    return errno == ERANGE ? ipckit_fail(IPCKIT_FULL, "the value is %d", VALUE_MAX) : ipckit_errno("semop");
}

static enum ipckit_error semaphore_detach(void *handle)
{
    free(handle); /* a process holds nothing of a set */
    return IPCKIT_OK;
}

static enum ipckit_error semaphore_unlink(const char *name)
{
    int id;
    enum ipckit_error error = find(name, &id);
    if (error != IPCKIT_OK)
        return error;
    return semctl(id, 0, IPC_RMID) < 0 ? ipckit_errno("semctl") : IPCKIT_OK;
}

const struct ipckit_semaphore semaphore = {
    .create = semaphore_create,
    .open = semaphore_open,
    .wait = semaphore_wait,
    .post = semaphore_post,
    .detach = semaphore_detach,
    .unlink = semaphore_unlink,
};
