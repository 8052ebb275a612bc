/*
 * Robust mutexes of POSIX, shared by processes: if the owner dies, the next
 * acquire gets the mutex and reports the death. They also record their owner, and
 * refuse a release by another process. See pthread_mutexattr_setrobust(3).
 */
#ifndef ROBUST_H
#define ROBUST_H

#include "ipckit.h"

#include <pthread.h>
#include <time.h>

/* robust_init makes a free mutex in shared memory. */
enum ipckit_error robust_init(pthread_mutex_t *m);

/* robust_acquire takes the mutex. limit is a time on CLOCK_MONOTONIC, or NULL to
 * wait for ever. Errors: TIMEOUT; OWNER_DEAD if the mutex is granted and its last
 * owner died holding it. */
enum ipckit_error robust_acquire(pthread_mutex_t *m, const struct timespec *limit);

/* robust_try takes the mutex if it is free. Errors: TIMEOUT if it is not;
 * OWNER_DEAD as above. */
enum ipckit_error robust_try(pthread_mutex_t *m);

enum ipckit_error robust_release(pthread_mutex_t *m);

/* granted reports whether an acquire has taken the mutex. */
static inline bool granted(enum ipckit_error error) { return error == IPCKIT_OK || error == IPCKIT_OWNER_DEAD; }

#endif
