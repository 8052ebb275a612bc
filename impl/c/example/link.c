/*
 * Links over Unix sockets of type SOCK_SEQPACKET, unix(7): a connection for each
 * pair, whose two directions are independent of each other, and whose end the
 * kernel reports when a process dies.
 *
 * Names are abstract socket addresses, which disappear with their socket, so
 * nothing stays behind. A party holds its name by a socket that is bound to it. The
 * two sides of a link form one address of their two names; the side that comes
 * first listens there, and the other connects.
 *
 * Each message follows a byte of its own: a packet of no bytes at all looks like
 * the end of the connection.
 */
#define _GNU_SOURCE /* accept4 */
#include "families.h"
#include "waiting.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    MESSAGE_MAX = 64 << 10, /* bytes; a packet must fit into the sender's buffer */
    ROOM = 128 << 10        /* bytes of buffer for each direction; the kernel doubles it for its overhead */
};

struct link {
    struct party *party;
    char *peer;
    int fd;
    bool listening; /* the peer has not connected yet */
    bool ended;     /* which receive_any has reported */
    int cancelled;  /* an eventfd(2), readable when the call under way must end */
};

struct party {
    char *name;
    int held; /* the socket that is bound to the name */
    struct link **links;
    struct pollfd *polled; /* as many as links */
    size_t count;
    size_t turn; /* the link that receive_any looks at first */
};

/* address makes the address of a name, or of a pair of names, which is the same
 * for both sides. It returns the length, 0 if the names do not fit. */
static socklen_t address(struct sockaddr_un *a, const char *name, const char *other)
{
    *a = (struct sockaddr_un){.sun_family = AF_UNIX}; /* sun_path[0] stays 0: abstract */
    if (other != NULL && strcmp(name, other) > 0) {
        const char *swapped = name;
        name = other;
        other = swapped;
    }
    size_t room = sizeof a->sun_path - 1;
    int n = other == NULL ? snprintf(a->sun_path + 1, room, "%s", name)
                          : snprintf(a->sun_path + 1, room, "%zu:%s+%s", strlen(name), name, other);
    return n < 0 || (size_t)n >= room ? 0 : (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);
}

/* make_socket makes a socket and binds it to an address, or connects it with the
 * process that listens there. It returns -1 with errno if that fails. */
static int make_socket(int (*reach)(int, const struct sockaddr *, socklen_t), const struct sockaddr_un *a, socklen_t size)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int room = ROOM;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    if (reach(fd, (const struct sockaddr *)a, size) == 0)
        return fd;
    int failure = errno;
    close(fd);
    errno = failure;
    return -1;
}

static enum ipckit_error link_join(const char *name, void **handle)
{
    struct sockaddr_un a;
    socklen_t size = address(&a, name, NULL);
    if (size == 0 || name[0] == '\0')
        return ipckit_fail(IPCKIT_INVALID, "a name has 1 to %zu bytes", sizeof a.sun_path - 2);
    int fd = make_socket(bind, &a, size);
    if (fd < 0)
        return errno == EADDRINUSE ? ipckit_fail(IPCKIT_EXISTS, "%s has joined", name) : ipckit_errno("bind");
    struct party *p = calloc(1, sizeof *p);
    char *copy = strdup(name);
    if (p == NULL || copy == NULL) {
        free(p);
        free(copy);
        close(fd);
        return ipckit_fail(IPCKIT_NO_SPACE, "malloc");
    }
    p->name = copy;
    p->held = fd;
    *handle = p;
    return IPCKIT_OK;
}

static enum ipckit_error link_leave(void *handle)
{
    struct party *p = handle;
    enum ipckit_error error = close(p->held) < 0 ? ipckit_errno("close") : IPCKIT_OK;
    free(p->links);
    free(p->polled);
    free(p->name);
    free(p);
    return error;
}

/* connect_or_listen makes the socket of a link. */
static enum ipckit_error connect_or_listen(const struct sockaddr_un *a, socklen_t size, struct link *l)
{
    for (;;) {
        l->fd = make_socket(bind, a, size);
        l->listening = l->fd >= 0;
        if (l->listening && listen(l->fd, 1) == 0)
            return IPCKIT_OK;
        if (l->listening || errno != EADDRINUSE) {
            enum ipckit_error error = ipckit_errno(l->listening ? "listen" : "bind");
            if (l->listening)
                close(l->fd);
            return error;
        }
        l->fd = make_socket(connect, a, size);
        if (l->fd >= 0)
            return IPCKIT_OK;
        if (errno != ECONNREFUSED && errno != EINTR)
            return ipckit_errno("connect");
        sched_yield(); /* the peer is about to listen, or has just gone */
    }
}

/* make_room makes room for one more link of a party. */
static bool make_room(struct party *p)
{
    struct link **links = realloc(p->links, (p->count + 1) * sizeof *links);
    if (links != NULL)
        p->links = links;
    struct pollfd *polled = realloc(p->polled, (p->count + 1) * sizeof *polled);
    if (polled != NULL)
        p->polled = polled;
    return links != NULL && polled != NULL;
}

static enum ipckit_error link_open(void *party, const char *peer, void **handle)
{
    struct party *p = party;
    struct sockaddr_un a;
    socklen_t size = address(&a, p->name, peer);
    if (size == 0 || peer[0] == '\0' || strcmp(p->name, peer) == 0)
        return ipckit_fail(IPCKIT_INVALID, "no link of %s with %s: it is itself, or the names are too long", p->name, peer);
    struct link *l = calloc(1, sizeof *l);
    char *copy = strdup(peer);
    int cancelled = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    enum ipckit_error error = cancelled < 0                         ? ipckit_errno("eventfd")
        : l == NULL || copy == NULL || !make_room(p) ? ipckit_fail(IPCKIT_NO_SPACE, "malloc")
                                                     : connect_or_listen(&a, size, l);
    if (error != IPCKIT_OK) {
        if (cancelled >= 0)
            close(cancelled);
        free(l);
        free(copy);
        return error;
    }
    l->cancelled = cancelled;
    l->party = p;
    l->peer = copy;
    p->links[p->count++] = l;
    *handle = l;
    return IPCKIT_OK;
}

/* await_peer waits for the peer if this side came first. */
static enum ipckit_error await_peer(struct link *l, const struct limit *limit, enum ipckit_error instead)
{
    while (l->listening) {
        enum ipckit_error error = await_one(l->fd, POLLIN, limit, instead);
        if (error != IPCKIT_OK)
            return error;
        int fd = accept4(l->fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0 && errno == EINTR)
            continue;
        if (fd < 0)
            return ipckit_errno("accept");
        int room = ROOM;
        setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
        close(l->fd); /* the address is free again */
        l->fd = fd;
        l->listening = false;
    }
    return IPCKIT_OK;
}

/* begin returns the limit of a call, and discards a cancellation that came before
 * the call. */
static struct limit begin(const struct link *l, int64_t wait)
{
    eventfd_t came;
    eventfd_read(l->cancelled, &came);
    return limit_of(wait, l->cancelled);
}

static enum ipckit_error link_send(void *handle, const void *message, size_t size, int64_t wait)
{
    struct link *l = handle;
    struct limit limit = begin(l, wait);
    if (size > MESSAGE_MAX)
        return ipckit_fail(IPCKIT_TOO_LARGE, "%zu bytes, messages have up to %d", size, MESSAGE_MAX);
    enum ipckit_error error = await_peer(l, &limit, IPCKIT_FULL);
    char before = 0;
    struct iovec parts[] = {{&before, 1}, {(void *)message, size}};
    struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
    while (error == IPCKIT_OK && sendmsg(l->fd, &packet, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        if (errno == EAGAIN)
            error = await_one(l->fd, POLLOUT, &limit, IPCKIT_FULL);
        else if (errno == EPIPE || errno == ECONNRESET)
            error = ipckit_fail(IPCKIT_PEER_DEAD, "%s has gone", l->peer);
        else if (errno != EINTR)
            error = ipckit_errno("sendmsg");
    }
    return error;
}

/* take takes a message; EMPTY if there is none. */
static enum ipckit_error take(struct link *l, void *into, size_t room, size_t *size)
{
    char before;
    struct iovec parts[] = {{&before, 1}, {into, room}};
    struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t n;
    do { /* how long is it? */
        n = recv(l->fd, NULL, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
        /* ECONNRESET: the peer ended and had not read everything. It is
         * reported once, before the messages that the peer had sent. */
    } while (n < 0 && (errno == EINTR || errno == ECONNRESET));
    if (n < 0)
        return errno == EAGAIN ? IPCKIT_EMPTY : ipckit_errno("recv");
    if (n == 0)
        return ipckit_fail(IPCKIT_PEER_DEAD, "%s has gone", l->peer);
    if ((size_t)n - 1 > room)
        return ipckit_fail(IPCKIT_TOO_LARGE, "room for %zu bytes, the message has %zd", room, n - 1);
    do {
        n = recvmsg(l->fd, &packet, MSG_DONTWAIT);
    } while (n < 0 && (errno == EINTR || errno == ECONNRESET));
    if (n < 1)
        return ipckit_errno("recvmsg");
    *size = (size_t)n - 1;
    return IPCKIT_OK;
}

static enum ipckit_error link_receive(void *handle, void *into, size_t room, size_t *size, int64_t wait)
{
    struct link *l = handle;
    struct limit limit = begin(l, wait);
    enum ipckit_error error = await_peer(l, &limit, IPCKIT_EMPTY);
    while (error == IPCKIT_OK) {
        if ((error = take(l, into, room, size)) != IPCKIT_EMPTY)
            return error;
        error = await_one(l->fd, POLLIN, &limit, IPCKIT_EMPTY);
    }
    return error;
}

/* take_any takes a message from a link that is ready, in turn. EMPTY: there is
 * none. */
static enum ipckit_error take_any(struct party *p, void *into, size_t room, size_t *size, const char **peer)
{
    struct limit at_once = limit_of(IPCKIT_NEVER, -1);
    for (size_t i = 0; i < p->count; i++) {
        size_t k = (p->turn + i) % p->count;
        struct link *l = p->links[k];
        if (p->polled[k].revents == 0)
            continue;
        enum ipckit_error error = l->listening ? await_peer(l, &at_once, IPCKIT_EMPTY) : IPCKIT_OK;
        if (error == IPCKIT_OK)
            error = take(l, into, room, size);
        if (error == IPCKIT_EMPTY)
            continue;
        l->ended = error == IPCKIT_PEER_DEAD;
        p->turn = k + 1;
        *peer = l->peer;
        return error;
    }
    return IPCKIT_EMPTY;
}

static enum ipckit_error link_receive_any(void *party, void *into, size_t room, size_t *size, const char **peer, int64_t wait)
{
    struct party *p = party;
    struct limit limit = limit_of(wait, -1);
    for (;;) {
        size_t open = 0;
        for (size_t i = 0; i < p->count; i++) {
            struct link *l = p->links[i];
            p->polled[i] = (struct pollfd){.fd = l->ended ? -1 : l->fd, .events = POLLIN}; /* poll ignores -1 */
            open += !l->ended;
        }
        if (open == 0)
            return ipckit_fail(IPCKIT_CLOSED, "%s has no links, or they have all ended", p->name);
        enum ipckit_error error = await(p->polled, p->count, &limit, IPCKIT_EMPTY);
        if (error != IPCKIT_OK)
            return error;
        if ((error = take_any(p, into, room, size, peer)) != IPCKIT_EMPTY)
            return error;
    }
}

/* link_cancel is called from another thread than the call that it ends. */
static enum ipckit_error link_cancel(void *handle)
{
    struct link *l = handle;
    return eventfd_write(l->cancelled, 1) < 0 ? ipckit_errno("eventfd_write") : IPCKIT_OK;
}

static enum ipckit_error link_detach(void *handle)
{
    struct link *l = handle;
    struct party *p = l->party;
    for (size_t i = 0; i < p->count; i++)
        if (p->links[i] == l)
            p->links[i--] = p->links[--p->count];
    enum ipckit_error error = close(l->fd) < 0 ? ipckit_errno("close") : IPCKIT_OK;
    close(l->cancelled);
    free(l->peer);
    free(l);
    return error;
}

const struct ipckit_link links = {
    .join = link_join,
    .leave = link_leave,
    .open = link_open,
    .send = link_send,
    .receive = link_receive,
    .detach = link_detach,
    .receive_any = link_receive_any,
    .cancel = link_cancel,
};
