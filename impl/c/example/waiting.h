/* Waiting on sockets by poll(2), with a time limit and cancellation. */
#ifndef WAITING_H
#define WAITING_H

#include "ipckit.h"

#include <poll.h>
#include <time.h>

/* A limit says how long a call may wait. */
struct limit {
    int64_t wait;             /* as in ipckit.h */
    struct timespec deadline; /* if wait is above 0 */
    int cancelled;            /* a descriptor that becomes readable when the call must end; -1: none */
};

/* limit_of returns the limit of a call that begins now. */
struct limit limit_of(int64_t wait, int cancelled);

/* await waits until one of the sockets is ready or has ended. Errors: TIMEOUT when
 * the limit has passed; instead, if the call may not wait. */
enum ipckit_error await(struct pollfd *sockets, size_t n, const struct limit *l, enum ipckit_error instead);

/* await_one waits for one socket. Errors beside those of await: INTERRUPTED if the
 * call is cancelled before the socket is ready. */
enum ipckit_error await_one(int fd, short events, const struct limit *l, enum ipckit_error instead);

#endif
