/*
 * Shared objects: what locks, reader-writer locks, snapshots and buffers for
 * many lie in. Each is an object of shm_open(3) that begins with a struct head.
 */
#ifndef SHARED_H
#define SHARED_H

#include "ipckit.h"

#include <stdatomic.h>
#include <time.h>

/* What every object begins with. */
struct head {
    _Atomic uint32_t complete; /* what it is, written last by its creator */
};

/* What one process holds of an object. */
struct shared {
    struct head *head;
    size_t size; /* of the mapping, bytes */
};

/* shared_create makes an object of so many bytes, zeroed, which others do not
 * take for whole until shared_complete is called. A size of 0 stands for one
 * that cannot be. */
enum ipckit_error shared_create(const char *name, size_t size, struct shared *s);

/* shared_complete lets others in. kind tells objects of one sort from those of
 * another. */
void shared_complete(struct shared *s, uint32_t kind);

/* shared_open maps an object of that kind. Errors: NOT_FOUND also where it is
 * being created, or is something else. */
enum ipckit_error shared_open(const char *name, uint32_t kind, struct shared *s);

enum ipckit_error shared_detach(struct shared *s);
enum ipckit_error shared_unlink(const char *name);

/* deadline gives the moment, on CLOCK_MONOTONIC, that is so many milliseconds
 * from now; past tells whether one is over. */
struct timespec deadline(int64_t milliseconds);
bool earlier(const struct timespec *a, const struct timespec *b);
bool past(const struct timespec *moment);

#endif
