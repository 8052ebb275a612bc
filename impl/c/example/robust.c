#define _GNU_SOURCE /* pthread_mutex_clocklock, POSIX since 2024 */
#include "robust.h"

#include "shared.h"

#include <errno.h>

/* How long a waiter sleeps before it looks again without a wake-up, milliseconds.
 * A wake-up can get lost: it goes to a waiter that is killed at that moment, while
 * another process takes the free mutex and does not know that more processes wait.
 * The kernel passes the wake-up on only if it finds the mutex free (futex(2), robust
 * lists). */
enum { LOOK_AGAIN = 250 };

enum ipckit_error robust_init(pthread_mutex_t *m)
{
    pthread_mutexattr_t a;
    pthread_mutexattr_init(&a);
    pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_settype(&a, PTHREAD_MUTEX_ERRORCHECK);
    errno = pthread_mutex_init(m, &a);
    pthread_mutexattr_destroy(&a);
    return errno != 0 ? ipckit_errno("pthread_mutex_init") : IPCKIT_OK;
}

/* outcome translates the result of a call that takes a mutex. */
static enum ipckit_error outcome(pthread_mutex_t *m, int result)
{
    switch (result) {
    case 0:
        return IPCKIT_OK;
    case EBUSY:
    case ETIMEDOUT:
        return IPCKIT_TIMEOUT;
    case EOWNERDEAD:
        pthread_mutex_consistent(m);
        return IPCKIT_OWNER_DEAD;
    }
    errno = result;
    return ipckit_errno("pthread_mutex_lock");
}

enum ipckit_error robust_acquire(pthread_mutex_t *m, const struct timespec *limit)
{
    for (;;) {
        struct timespec soon = deadline(LOOK_AGAIN);
        bool is_last = limit != NULL && earlier(limit, &soon);
        enum ipckit_error error = outcome(m, pthread_mutex_clocklock(m, CLOCK_MONOTONIC, is_last ? limit : &soon));
        if (error != IPCKIT_TIMEOUT || is_last)
            return error;
    }
}

enum ipckit_error robust_try(pthread_mutex_t *m) { return outcome(m, pthread_mutex_trylock(m)); }

enum ipckit_error robust_release(pthread_mutex_t *m)
{
    errno = pthread_mutex_unlock(m);
    return errno != 0 ? ipckit_errno("pthread_mutex_unlock") : IPCKIT_OK;
}
