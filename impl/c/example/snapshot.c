/*
 * Snapshots: one record that some processes replace and many read without waiting.
 *
 * There are several copies, and a word that says which is the latest. A writer
 * writes the oldest copy and then makes it the latest: a writer that is killed
 * before that has changed nothing that is read. Each copy has a version, as in a
 * sequence lock (Linux, seqlock_t): a reader that finds another version after it
 * has read a copy was overtaken by all the other copies, and reads again. A robust
 * mutex excludes writers from each other.
 */
#include "families.h"
#include "robust.h"
#include "shared.h"

#include <stdlib.h>
#include <string.h>

enum { SNAPSHOT = 0x50414e53, COPIES = 4, RECORD_MAX = 1 << 20 };

struct place {
    struct head head;
    pthread_mutex_t writers;
    uint64_t record_max, words; /* of a copy, bytes and 64-bit words */
    _Atomic uint64_t latest;    /* its version; 0: nothing was published yet */
    struct {
        _Atomic uint64_t version; /* 0 while it is being written */
        _Atomic uint64_t size;
    } copy[COPIES];
    _Atomic uint64_t data[]; /* the copies, one after the other */
};

struct snapshot {
    struct shared shared;
};

static struct place *place(void *handle) { return (struct place *)((struct snapshot *)handle)->shared.head; }

static enum ipckit_error snapshot_create(const char *name, int64_t record_max, void **handle)
{
    if (record_max < 0 || record_max > RECORD_MAX)
        return ipckit_fail(IPCKIT_INVALID, "want records of 0 to %d bytes", RECORD_MAX);
    struct snapshot *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ipckit_errno("malloc");
    uint64_t words = ((uint64_t)record_max + 7) / 8;
    enum ipckit_error error = shared_create(name, sizeof(struct place) + COPIES * words * 8, &s->shared);
    if (error != IPCKIT_OK) {
        free(s);
        return error;
    }
    struct place *p = place(s);
    robust_init(&p->writers);
    p->record_max = (uint64_t)record_max;
    p->words = words;
    shared_complete(&s->shared, SNAPSHOT);
    *handle = s;
    return IPCKIT_OK;
}

static enum ipckit_error snapshot_open(const char *name, void **handle)
{
    struct snapshot *s = calloc(1, sizeof *s);
    if (s == NULL)
        return ipckit_errno("malloc");
    enum ipckit_error error = shared_open(name, SNAPSHOT, &s->shared);
    if (error != IPCKIT_OK)
        free(s);
    else
        *handle = s;
    return error;
}

/* Data are copied by relaxed atomic words, since a reader and a writer may meet
 * there: the versions show whether they did. */
static void copy_in(_Atomic uint64_t *to, const unsigned char *from, size_t size)
{
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = 0;
        memcpy(&word, from + i, size - i < 8 ? size - i : 8);
        atomic_store_explicit(to + i / 8, word, memory_order_relaxed);
    }
}

static void copy_out(unsigned char *to, _Atomic uint64_t *from, size_t size)
{
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = atomic_load_explicit(from + i / 8, memory_order_relaxed);
        memcpy(to + i, &word, size - i < 8 ? size - i : 8);
    }
}

static enum ipckit_error snapshot_publish(void *handle, const void *record, size_t size)
{
    struct place *p = place(handle);
    if (size > p->record_max)
        return ipckit_fail(IPCKIT_TOO_LARGE, "a record of %zu bytes, the largest is %llu", size, (unsigned long long)p->record_max);
    enum ipckit_error error = robust_acquire(&p->writers, NULL);
    if (!granted(error))
        return error;
    uint64_t version = atomic_load(&p->latest) + 1;
    size_t i = version % COPIES;
    atomic_store_explicit(&p->copy[i].version, 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release); /* a reader that sees new data sees that they are being written */
    atomic_store_explicit(&p->copy[i].size, size, memory_order_relaxed);
    copy_in(p->data + i * p->words, record, size);
    atomic_store_explicit(&p->copy[i].version, version, memory_order_release);
    atomic_store(&p->latest, version);
    return robust_release(&p->writers);
}

static enum ipckit_error snapshot_read(void *handle, void *into, size_t room, size_t *size)
{
    struct place *p = place(handle);
    for (;;) {
        uint64_t version = atomic_load(&p->latest);
        if (version == 0)
            return IPCKIT_EMPTY;
        size_t i = version % COPIES;
        if (atomic_load_explicit(&p->copy[i].version, memory_order_acquire) != version)
            continue;
        uint64_t length = atomic_load_explicit(&p->copy[i].size, memory_order_relaxed);
        if (length <= room)
            copy_out(into, p->data + i * p->words, length);
        atomic_thread_fence(memory_order_acquire); /* the data are read before the version is read again */
        if (atomic_load_explicit(&p->copy[i].version, memory_order_relaxed) != version)
            continue;
        if (length > room)
            return ipckit_fail(IPCKIT_TOO_LARGE, "a record of %llu bytes, room for %zu", (unsigned long long)length, room);
        *size = length;
        return IPCKIT_OK;
    }
}

static enum ipckit_error snapshot_detach(void *handle)
{
    struct snapshot *s = handle;
    enum ipckit_error error = shared_detach(&s->shared);
    free(s);
    return error;
}

const struct ipckit_snapshot snapshot = {
    .create = snapshot_create,
    .open = snapshot_open,
    .publish = snapshot_publish,
    .read = snapshot_read,
    .detach = snapshot_detach,
    .unlink = shared_unlink,
};
