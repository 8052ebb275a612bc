/* Waiting on sockets, poll(2), with a limit and until it is cancelled. */
#ifndef WAITING_H
#define WAITING_H

#include "ipckit.h"

#include <poll.h>
#include <time.h>

/* A limit is how long a call may wait. */
struct limit {
    int64_t wait;             /* as in ipckit.h */
    struct timespec deadline; /* where wait is above 0 */
    int cancelled;            /* a descriptor that is readable once the call is to end; -1: none */
};

/* limit_of gives the limit of a call that begins now. */
struct limit limit_of(int64_t wait, int cancelled);

/* await waits until one of the sockets is ready, or has ended. Once the limit
 * has passed it answers TIMEOUT, or of a call that may not wait, instead. */
enum ipckit_error await(struct pollfd *sockets, size_t n, const struct limit *l, enum ipckit_error instead);

/* await_one waits for one socket, and answers INTERRUPTED where the call is
 * cancelled before it is ready. */
enum ipckit_error await_one(int fd, short events, const struct limit *l, enum ipckit_error instead);

#endif
