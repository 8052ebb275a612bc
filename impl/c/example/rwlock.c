/*
 * Reader-writer locks that survive the death of a process that is inside.
 *
 * pthread_rwlock_t is not robust: a reader that is killed stays inside for ever.
 * So this is a "big-reader" lock, as Linux once had one: each handle has a seat
 * with a robust mutex. A reader holds the mutex of its own seat, a writer those of
 * all seats. Readers do not exclude each other, a writer excludes all processes,
 * and when a process dies, the system releases its mutexes.
 *
 * The gate, another robust mutex, is held while entering. So one process at a time
 * waits for seats, and no other overtakes it: new readers do not keep out a
 * writer, and a writer that enters again and again does not keep out readers.
 */
#include "families.h"
#include "robust.h"
#include "shared.h"

#include <stdlib.h>

enum { RWLOCK = 0x4b434c52, SEATS = 32 };

struct seat {
    pthread_mutex_t taken;  /* held while a process has the seat */
    pthread_mutex_t inside; /* held while that process is inside, or a writer */
};

struct place {
    struct head head;
    _Atomic uint32_t writing; /* a writer is inside, or has died there */
    pthread_mutex_t gate;
    struct seat seat[SEATS];
};

enum inside { NOBODY, READER, WRITER };

struct rwlock {
    struct shared shared;
    int seat;
    enum inside inside;
};

static struct place *place(struct rwlock *l) { return (struct place *)l->shared.head; }

/* sit takes a free seat. The seat of a dead process is free. */
static enum ipckit_error sit(struct rwlock *l)
{
    for (l->seat = 0; l->seat < SEATS; l->seat++)
        if (granted(robust_try(&place(l)->seat[l->seat].taken)))
            return IPCKIT_OK;
    return ipckit_fail(IPCKIT_NO_SPACE, "%d processes use the lock already", SEATS);
}

static enum ipckit_error rwlock_create(const char *name, void **handle)
{
    struct rwlock *l = calloc(1, sizeof *l);
    if (l == NULL)
        return ipckit_errno("malloc");
    enum ipckit_error error = shared_create(name, sizeof(struct place), &l->shared);
    if (error != IPCKIT_OK) {
        free(l);
        return error;
    }
    robust_init(&place(l)->gate);
    for (int i = 0; i < SEATS; i++) {
        robust_init(&place(l)->seat[i].taken);
        robust_init(&place(l)->seat[i].inside);
    }
    sit(l); /* succeeds: no other process has the lock yet */
    shared_complete(&l->shared, RWLOCK);
    *handle = l;
    return IPCKIT_OK;
}

static enum ipckit_error rwlock_open(const char *name, void **handle)
{
    struct rwlock *l = calloc(1, sizeof *l);
    if (l == NULL)
        return ipckit_errno("malloc");
    enum ipckit_error error = shared_open(name, RWLOCK, &l->shared);
    if (error == IPCKIT_OK && (error = sit(l)) != IPCKIT_OK)
        shared_detach(&l->shared);
    if (error != IPCKIT_OK)
        free(l);
    else
        *handle = l;
    return error;
}

/* take takes a mutex. That its owner died does not matter here: only a writer that
 * was inside leaves something half done. */
static enum ipckit_error take(pthread_mutex_t *m, int64_t wait, const struct timespec *limit)
{
    enum ipckit_error error = wait == IPCKIT_NEVER ? robust_try(m) : robust_acquire(m, wait > 0 ? limit : NULL);
    return error == IPCKIT_OWNER_DEAD ? IPCKIT_OK : error;
}

static void give_back(struct place *p, int first, int seats)
{
    for (int i = first; i < first + seats; i++)
        robust_release(&p->seat[i].inside);
}

/* enter takes the mutexes of those seats. */
static enum ipckit_error enter(struct rwlock *l, int first, int seats, int64_t wait)
{
    struct place *p = place(l);
    struct timespec limit = deadline(wait > 0 ? wait : 0);
    if (l->inside != NOBODY)
        return ipckit_fail(IPCKIT_INVALID, "this process is inside already");
    enum ipckit_error error = take(&p->gate, wait, &limit);
    if (error != IPCKIT_OK)
        return error;
    for (int i = 0; i < seats && error == IPCKIT_OK; i++)
        if ((error = take(&p->seat[first + i].inside, wait, &limit)) != IPCKIT_OK)
            give_back(p, first, i);
    robust_release(&p->gate);
    if (error != IPCKIT_OK)
        return error;
    /* A living writer would hold this seat's mutex. */
    bool died = atomic_exchange(&p->writing, 0) != 0;
    l->inside = seats == 1 ? READER : WRITER;
    if (l->inside == WRITER)
        atomic_store(&p->writing, 1);
    return died ? ipckit_fail(IPCKIT_OWNER_DEAD, "a writer died inside") : IPCKIT_OK;
}

static enum ipckit_error rwlock_read(void *handle, int64_t wait)
{
    struct rwlock *l = handle;
    return enter(l, l->seat, 1, wait);
}

static enum ipckit_error rwlock_write(void *handle, int64_t wait) { return enter(handle, 0, SEATS, wait); }

static enum ipckit_error rwlock_release(void *handle)
{
    struct rwlock *l = handle;
    if (l->inside == NOBODY)
        return ipckit_fail(IPCKIT_INVALID, "this process is not inside");
    if (l->inside == WRITER)
        atomic_store(&place(l)->writing, 0);
    give_back(place(l), l->inside == WRITER ? 0 : l->seat, l->inside == WRITER ? SEATS : 1);
    l->inside = NOBODY;
    return IPCKIT_OK;
}

static enum ipckit_error rwlock_detach(void *handle)
{
    struct rwlock *l = handle;
    if (l->inside != NOBODY)
        rwlock_release(l);
    robust_release(&place(l)->seat[l->seat].taken);
    enum ipckit_error error = shared_detach(&l->shared);
    free(l);
    return error;
}

const struct ipckit_rwlock rwlock = {
    .create = rwlock_create,
    .open = rwlock_open,
    .read = rwlock_read,
    .write = rwlock_write,
    .release = rwlock_release,
    .detach = rwlock_detach,
    .unlink = shared_unlink,
};
