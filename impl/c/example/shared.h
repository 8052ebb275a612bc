/*
 * Shared objects: the memory of locks, reader-writer locks, snapshots and buffers
 * between many. Each is an object of shm_open(3) that begins with a struct head.
 */
#ifndef SHARED_H
#define SHARED_H

#include "ipckit.h"

#include <stdatomic.h>
#include <time.h>

/* What every object begins with. */
struct head {
    _Atomic uint32_t complete; /* the kind of the object, written last by its creator */
};

/* A process's mapping of an object. */
struct shared {
    struct head *head;
    size_t size; /* of the mapping, bytes */
};

/* shared_create makes an object of size bytes, all zero. Other processes cannot
 * open it until shared_complete is called. Errors: INVALID, also if size is 0, by
 * which callers report a size that overflowed. */
enum ipckit_error shared_create(const char *name, size_t size, struct shared *s);

/* shared_complete lets other processes open the object. kind tells a lock, say,
 * from a snapshot. */
void shared_complete(struct shared *s, uint32_t kind);

/* shared_open maps an object of that kind. Errors: NOT_FOUND, also if the object
 * is being created or is of another kind. */
enum ipckit_error shared_open(const char *name, uint32_t kind, struct shared *s);

enum ipckit_error shared_detach(struct shared *s);
enum ipckit_error shared_unlink(const char *name);

/* deadline returns the time on CLOCK_MONOTONIC that is so many milliseconds from
 * now. past reports whether a time has passed. */
struct timespec deadline(int64_t milliseconds);
bool earlier(const struct timespec *a, const struct timespec *b);
bool past(const struct timespec *moment);

#endif
