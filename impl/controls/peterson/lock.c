/*
 * Locks: a tournament of Peterson's locks, in an object of shm_open. Each process
 * that has the lock open has a seat. Seats meet in pairs, the winners of two pairs
 * meet in the next round, and the process that has won all rounds is inside.
 */
#include "ipckit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ROUNDS = 4, SEATS = 1 << ROUNDS };

/* A match is Peterson's lock between two. Its variables are plain: volatile keeps the
 * compiler from reordering accesses, but not the processor. */
struct match {
    volatile int wants[2], turn;
};

struct place {
    atomic_int ready; /* written last */
    atomic_uint seats;
    struct match match[ROUNDS][SEATS / 2];
};

struct lock {
    struct place *place;
    unsigned seat;
};

static struct match *match_of(const struct lock *l, int round) { return &l->place->match[round][l->seat >> (round + 1)]; }

static int side_of(const struct lock *l, int round) { return l->seat >> round & 1; }

static bool past(const struct timespec *deadline)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec > deadline->tv_sec || (t.tv_sec == deadline->tv_sec && t.tv_nsec >= deadline->tv_nsec);
}

/* win waits until the process wins a match. */
static bool win(struct match *m, int self, int64_t wait, const struct timespec *deadline)
{
    m->wants[self] = 1;
    m->turn = 1 - self;
    atomic_thread_fence(memory_order_seq_cst);
    while (m->wants[1 - self] && m->turn == 1 - self) {
        if (wait == IPCKIT_NEVER || (wait != IPCKIT_FOREVER && past(deadline))) {
            m->wants[self] = 0;
            return false;
        }
        sched_yield();
    }
    return true;
}

/* leave gives up the matches of the rounds before one, the last first. */
static void leave(const struct lock *l, int round)
{
    atomic_thread_fence(memory_order_release);
    while (round-- > 0)
        match_of(l, round)->wants[side_of(l, round)] = 0;
}

static enum ipckit_error lock_acquire(void *handle, int64_t wait)
{
    const struct lock *l = handle;
    struct timespec deadline = {0};
    if (wait > 0) {
        clock_gettime(CLOCK_MONOTONIC, &deadline);
        deadline.tv_sec += (time_t)(wait / 1000);
        deadline.tv_nsec += (long)(wait % 1000) * 1000000;
        if (deadline.tv_nsec >= 1000000000) {
            deadline.tv_sec++;
            deadline.tv_nsec -= 1000000000;
        }
    }
    for (int round = 0; round < ROUNDS; round++) {
        if (!win(match_of(l, round), side_of(l, round), wait, &deadline)) {
            leave(l, round);
            return IPCKIT_TIMEOUT;
        }
    }
    atomic_thread_fence(memory_order_acquire);
    return IPCKIT_OK;
}

static enum ipckit_error lock_release(void *handle)
{
    leave(handle, ROUNDS);
    return IPCKIT_OK;
}

static enum ipckit_error lock_detach(void *handle)
{
    struct lock *l = handle;
    atomic_fetch_and(&l->place->seats, ~(1u << l->seat));
    int result = munmap(l->place, sizeof *l->place);
    free(l);
    return result < 0 ? ipckit_errno("munmap") : IPCKIT_OK;
}

/* enter maps the object and takes the first free seat. */
static enum ipckit_error enter(int fd, void **handle)
{
    struct place *p = mmap(NULL, sizeof *p, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    enum ipckit_error error = p == MAP_FAILED ? ipckit_errno("mmap") : IPCKIT_OK;
    close(fd);
    if (error != IPCKIT_OK)
        return error;
    struct lock *l = calloc(1, sizeof *l);
    if (l == NULL) {
        munmap(p, sizeof *p);
        return ipckit_errno("malloc");
    }
    l->place = p;
    unsigned taken = atomic_load(&p->seats);
    do {
        for (l->seat = 0; l->seat < SEATS && (taken >> l->seat & 1); l->seat++)
            ;
        if (l->seat == SEATS) {
            munmap(p, sizeof *p);
            free(l);
            return ipckit_fail(IPCKIT_IO, "%d processes have the lock open already", SEATS);
        }
    } while (!atomic_compare_exchange_strong(&p->seats, &taken, taken | 1u << l->seat));
    *handle = l;
    return IPCKIT_OK;
}

static enum ipckit_error lock_create(const char *name, void **handle)
{
    int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, 0600);
    if (fd < 0)
        return ipckit_errno("shm_open");
    enum ipckit_error error;
    if (ftruncate(fd, sizeof(struct place)) < 0) {
        error = ipckit_errno("ftruncate");
        close(fd);
    } else {
        error = enter(fd, handle);
    }
    if (error != IPCKIT_OK)
        shm_unlink(name);
    else
        atomic_store(&((struct lock *)*handle)->place->ready, 1);
    return error;
}

static enum ipckit_error lock_open(const char *name, void **handle)
{
    int fd = shm_open(name, O_RDWR, 0);
    struct stat status;
    if (fd < 0)
        return ipckit_errno("shm_open");
    if (fstat(fd, &status) < 0 || (size_t)status.st_size < sizeof(struct place)) {
        close(fd);
        return ipckit_fail(IPCKIT_NOT_FOUND, "%s is being created", name);
    }
    enum ipckit_error error = enter(fd, handle);
    if (error != IPCKIT_OK || atomic_load(&((struct lock *)*handle)->place->ready))
        return error;
    lock_detach(*handle);
    return ipckit_fail(IPCKIT_NOT_FOUND, "%s is being created", name);
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
