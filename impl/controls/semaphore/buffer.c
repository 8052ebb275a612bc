/*
 * The bounded buffer of Silberschatz, Galvin, Gagne, Operating System Concepts,
 * 7.1.1: semaphores mutex, empty and full, between two processes instead of two
 * threads, so they are named semaphores beside the shared memory.
 *
 * The shared memory has the buffer's name. The process that creates it exclusively
 * creates the semaphores, too. Their names are the same with a letter appended.
 */
#include "ipckit.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define N_MAX 64
#define NAME_ROOM 300 /* the longest name, and a letter; the system refuses longer names */

struct shared {
    atomic_int n;  /* slots; written last, 0 until the semaphores are there */
    int in, out;   /* guarded by mutex */
    int items[N_MAX];
};

enum { MUTEX, EMPTY, FULL, SEMAPHORES };

static const char letters[SEMAPHORES] = "mef";

struct buffer {
    struct shared *shared;
    sem_t *semaphore[SEMAPHORES];
};

/* --- wait and signal --- */

static struct timespec deadline(int64_t wait)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t); /* the clock of sem_timedwait */
    t.tv_sec += (time_t)(wait / 1000);
    t.tv_nsec += (long)(wait % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

/* wait_for is wait(S). It returns refused if the caller may not wait. */
static enum ipckit_error wait_for(sem_t *s, int64_t wait, enum ipckit_error refused)
{
    struct timespec limit = deadline(wait > 0 ? wait : 0);
    for (;;) {
        int result = wait == IPCKIT_NEVER ? sem_trywait(s) : wait == IPCKIT_FOREVER ? sem_wait(s) : sem_timedwait(s, &limit);
        if (result == 0)
            return IPCKIT_OK;
        if (errno == EAGAIN)
            return refused;
        if (errno != EINTR)
            return ipckit_errno("waiting for a semaphore");
    }
}

static enum ipckit_error lock(struct buffer *b) { return wait_for(b->semaphore[MUTEX], IPCKIT_FOREVER, IPCKIT_IO); }

static enum ipckit_error signal_to(sem_t *s) { return sem_post(s) == -1 ? ipckit_errno("sem_post") : IPCKIT_OK; }

static enum ipckit_error buffer_put(void *handle, const void *item, size_t size, int64_t wait)
{
    struct buffer *b = handle;
    enum ipckit_error error;
    if (size != sizeof(int))
        return ipckit_fail(size > sizeof(int) ? IPCKIT_TOO_LARGE : IPCKIT_INVALID, "items have %zu bytes", sizeof(int));
    if ((error = wait_for(b->semaphore[EMPTY], wait, IPCKIT_FULL)) != IPCKIT_OK || (error = lock(b)) != IPCKIT_OK)
        return error;
    memcpy(&b->shared->items[b->shared->in], item, size);
    b->shared->in = (b->shared->in + 1) % b->shared->n;
    if ((error = signal_to(b->semaphore[MUTEX])) != IPCKIT_OK)
        return error;
    return signal_to(b->semaphore[FULL]);
}

static enum ipckit_error buffer_get(void *handle, void *into, size_t room, size_t *size, int64_t wait)
{
    struct buffer *b = handle;
    enum ipckit_error error;
    if (room < sizeof(int))
        return IPCKIT_TOO_LARGE;
    if ((error = wait_for(b->semaphore[FULL], wait, IPCKIT_EMPTY)) != IPCKIT_OK || (error = lock(b)) != IPCKIT_OK)
        return error;
    memcpy(into, &b->shared->items[b->shared->out], *size = sizeof(int));
    b->shared->out = (b->shared->out + 1) % b->shared->n;
    if ((error = signal_to(b->semaphore[MUTEX])) != IPCKIT_OK)
        return error;
    return signal_to(b->semaphore[EMPTY]);
}

/* --- making and finding --- */

static const char *semaphore_name(char room[NAME_ROOM], const char *name, int which)
{
    snprintf(room, NAME_ROOM, "%.*s.%c", NAME_ROOM - 3, name, letters[which]);
    return room;
}

static void unlink_semaphores(const char *name)
{
    char room[NAME_ROOM];
    for (int i = 0; i < SEMAPHORES; i++)
        sem_unlink(semaphore_name(room, name, i));
}

static enum ipckit_error buffer_detach(void *handle)
{
    struct buffer *b = handle;
    for (int i = 0; i < SEMAPHORES; i++)
        if (b->semaphore[i] != NULL)
            sem_close(b->semaphore[i]);
    munmap(b->shared, sizeof *b->shared);
    free(b);
    return IPCKIT_OK;
}

/* attach maps the memory and opens the semaphores, or creates them for n slots if n
 * is not 0. */
static enum ipckit_error attach(int fd, const char *name, int n, void **handle)
{
    char room[NAME_ROOM];
    struct buffer *b = calloc(1, sizeof *b);
    if (b == NULL)
        return IPCKIT_NO_SPACE;
    b->shared = mmap(NULL, sizeof *b->shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (b->shared == MAP_FAILED) {
        free(b);
        return ipckit_errno("mmap");
    }
    enum ipckit_error error = IPCKIT_OK;
    if (n == 0 && atomic_load(&b->shared->n) == 0)
        error = ipckit_fail(IPCKIT_NOT_FOUND, "%s is being created", name);
    const int initial[SEMAPHORES] = {[MUTEX] = 1, [EMPTY] = n, [FULL] = 0};
    for (int i = 0; i < SEMAPHORES && error == IPCKIT_OK; i++) {
        const char *called = semaphore_name(room, name, i);
        sem_t *s = n > 0 ? sem_open(called, O_CREAT | O_EXCL, S_IRUSR | S_IWUSR, (unsigned)initial[i]) : sem_open(called, 0);
        if (s == SEM_FAILED)
            error = ipckit_errno("sem_open");
        else
            b->semaphore[i] = s;
    }
    if (error != IPCKIT_OK) {
        buffer_detach(b);
        return error;
    }
    if (n > 0)
        atomic_store(&b->shared->n, n);
    *handle = b;
    return IPCKIT_OK;
}

static enum ipckit_error buffer_create(const char *name, const struct ipckit_shape *shape, void **handle)
{
    if (shape->capacity < 1 || shape->capacity > N_MAX || shape->item_max != sizeof(int))
        return ipckit_fail(IPCKIT_INVALID, "want 1 to %d items of %zu bytes", N_MAX, sizeof(int));
    int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, S_IRUSR | S_IWUSR);
    if (fd == -1)
        return ipckit_errno("shm_open");
    unlink_semaphores(name); /* left by a killed creator: no other process has created the memory */
    enum ipckit_error error = ftruncate(fd, sizeof(struct shared)) == -1
        ? ipckit_errno("ftruncate") : attach(fd, name, (int)shape->capacity, handle);
    close(fd);
    if (error != IPCKIT_OK) {
        unlink_semaphores(name);
        shm_unlink(name);
    }
    return error;
}

static enum ipckit_error buffer_open(const char *name, void **handle)
{
    int fd = shm_open(name, O_RDWR, 0);
    if (fd == -1)
        return ipckit_errno("shm_open");
    struct stat status;
    enum ipckit_error error;
    if (fstat(fd, &status) == -1)
        error = ipckit_errno("fstat");
    else if (status.st_size < (off_t)sizeof(struct shared))
        error = ipckit_fail(IPCKIT_NOT_FOUND, "%s has no size yet", name);
    else
        error = attach(fd, name, 0, handle);
    close(fd);
    return error;
}

/* The memory is removed last: while its name exists, no other process creates
 * semaphores of these names. */
static enum ipckit_error buffer_unlink(const char *name)
{
    unlink_semaphores(name);
    return shm_unlink(name) == -1 ? ipckit_errno("shm_unlink") : IPCKIT_OK;
}

static const struct ipckit_buffer buffer = {
    .create = buffer_create,
    .open = buffer_open,
    .put = buffer_put,
    .get = buffer_get,
    .detach = buffer_detach,
    .unlink = buffer_unlink,
};

const struct ipckit_subject ipckit_subject = {.name = "semaphore", .one_to_one = &buffer};
