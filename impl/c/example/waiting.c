#include "waiting.h"
#include "shared.h"

#include <errno.h>
#include <limits.h>

struct limit limit_of(int64_t wait, int cancelled)
{
    struct limit l = {.wait = wait, .cancelled = cancelled};
    if (wait > 0)
        l.deadline = deadline(wait);
    return l;
}

/* left is the time that is left, as poll(2) takes it: milliseconds, rounded up. */
static int left(const struct limit *l)
{
    if (l->wait <= 0)
        return l->wait == IPCKIT_FOREVER ? -1 : 0;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!earlier(&now, &l->deadline))
        return 0;
    int64_t ns = (int64_t)(l->deadline.tv_sec - now.tv_sec) * 1000000000 + l->deadline.tv_nsec - now.tv_nsec;
    int64_t ms = (ns + 999999) / 1000000;
    return ms < INT_MAX ? (int)ms : INT_MAX;
}

enum ipckit_error await(struct pollfd *sockets, size_t n, const struct limit *l, enum ipckit_error instead)
{
    for (;;) {
        int ready = poll(sockets, (nfds_t)n, left(l));
        if (ready > 0)
            return IPCKIT_OK;
        if (ready < 0 && errno != EINTR) /* a signal does not end the wait */
            return ipckit_errno("poll");
        if (ready == 0 && l->wait == IPCKIT_NEVER)
            return instead;
        if (ready == 0 && l->wait > 0 && past(&l->deadline))
            return IPCKIT_TIMEOUT;
    }
}

enum ipckit_error await_one(int fd, short events, const struct limit *l, enum ipckit_error instead)
{
    struct pollfd either[] = {{.fd = fd, .events = events}, {.fd = l->cancelled, .events = POLLIN}}; /* poll ignores -1 */
    enum ipckit_error error = await(either, 2, l, instead);
    return error == IPCKIT_OK && either[0].revents == 0 ? IPCKIT_INTERRUPTED : error;
}
