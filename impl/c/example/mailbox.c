/*
 * Mailboxes, each with a broker, a process of its own: broker.c. This is the side
 * of the processes that use them.
 *
 * A mailbox's name is the abstract address, unix(7), at which its broker listens.
 * The kernel gives an address to one process only, and takes it back when that
 * process ends, so nothing stays behind. The kernel also says which process is at
 * the other end of a connection (SO_PEERCRED), so no process can claim to be
 * another.
 *
 * A call sends a request and sleeps until the answer comes. A call whose time is
 * up, or that is cancelled, withdraws its request. The broker's answer says
 * whether the withdrawal came in time, so the call is done wholly or not at all.
 */
#define _GNU_SOURCE /* close_range, pidfd_open, struct ucred */
#include "families.h"
#include "broker.h"
#include "waiting.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct box {
    int fd; /* the connection with the broker */
    _Atomic uint64_t number; /* of the last request */
};

/* address makes the address of a name, and returns its length; 0 if the name does
 * not fit. */
static socklen_t address(struct sockaddr_un *a, const char *name)
{
    static const char prefix[] = "mailbox:";
    size_t size = strlen(name), room = sizeof a->sun_path - 1 - (sizeof prefix - 1);
    *a = (struct sockaddr_un){.sun_family = AF_UNIX}; /* sun_path[0] stays 0: abstract */
    if (size == 0 || size > room)
        return 0;
    memcpy(a->sun_path + 1, prefix, sizeof prefix - 1);
    memcpy(a->sun_path + sizeof prefix, name, size);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof prefix + size);
}

/* make_socket makes a socket and binds it to an address, or connects it with the
 * process that listens there. */
static enum ipckit_error make_socket(const char *name, const char *what, int (*call)(int, const struct sockaddr *, socklen_t), int *fd)
{
    struct sockaddr_un a;
    socklen_t size = address(&a, name);
    if (size == 0)
        return ipckit_fail(IPCKIT_INVALID, "%s: a name has 1 to %zu bytes", what, sizeof a.sun_path - sizeof "mailbox:");
    *fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return ipckit_errno("socket");
    int result;
    do {
        result = call(*fd, (const struct sockaddr *)&a, size);
    } while (result < 0 && errno == EINTR);
    if (result == 0)
        return IPCKIT_OK;
    enum ipckit_error error = errno == EADDRINUSE ? ipckit_fail(IPCKIT_EXISTS, "%s: there is a mailbox of that name", what)
        : errno == ECONNREFUSED                   ? ipckit_fail(IPCKIT_NOT_FOUND, "%s: there is no mailbox of that name", what)
                                                  : ipckit_errno(what);
    close(*fd);
    return error;
}

/* receive_answer waits for an answer. A message goes to into; the broker knows its
 * room from the request. */
static enum ipckit_error receive_answer(const struct box *b, struct answer *a, void *into, size_t room, size_t *size)
{
    struct iovec parts[] = {{a, sizeof *a}, {into, room}};
    struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t n;
    do { /* ECONNRESET is reported once, before the answers that the broker had sent */
        n = recvmsg(b->fd, &packet, 0);
    } while (n < 0 && (errno == EINTR || errno == ECONNRESET));
    if (n < (ssize_t)sizeof *a)
        return ipckit_fail(IPCKIT_NOT_FOUND, "the mailbox is deleted, or its broker has died");
    if (size != NULL)
        *size = (size_t)n - sizeof *a;
    return a->error;
}

/* send_request sends a request, with its message. That the broker has gone shows
 * when the answer is received. */
static void send_request(const struct box *b, const struct request *r, const void *message, size_t size)
{
    struct iovec parts[] = {{(void *)r, sizeof *r}, {(void *)message, size}};
    struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
    while (sendmsg(b->fd, &packet, MSG_NOSIGNAL) < 0 && errno == EINTR)
        ;
}

/* withdraw withdraws a request, if it has not been answered. */
static void withdraw(const struct box *b, uint64_t number, enum ipckit_error why)
{
    send_request(b, &(struct request){.demand = WITHDRAW, .number = number, .why = why}, NULL, 0);
}

/* await_answer receives the answer to a request that may wait. */
static enum ipckit_error await_answer(const struct box *b, int64_t wait, struct answer *a, void *into, size_t room, size_t *size)
{
    struct limit limit = limit_of(wait, -1);
    if (wait > 0 && await_one(b->fd, POLLIN, &limit, IPCKIT_TIMEOUT) == IPCKIT_TIMEOUT)
        withdraw(b, b->number, IPCKIT_TIMEOUT);
    return receive_answer(b, a, into, room, size);
}

/* ask sends a request that is answered at once. */
static enum ipckit_error ask(struct box *b, struct request r)
{
    struct answer a;
    r.number = ++b->number;
    send_request(b, &r, NULL, 0);
    return receive_answer(b, &a, NULL, 0, NULL);
}

/* attach makes a handle of a connection, once the broker has admitted it. */
static enum ipckit_error attach(int fd, void **handle)
{
    struct box *b = calloc(1, sizeof *b);
    struct answer a;
    if (b == NULL) {
        close(fd);
        return ipckit_fail(IPCKIT_NO_SPACE, "malloc");
    }
    b->fd = fd;
    enum ipckit_error error = receive_answer(b, &a, NULL, 0, NULL);
    if (error != IPCKIT_OK) {
        close(fd);
        free(b);
        return error;
    }
    *handle = b;
    return IPCKIT_OK;
}

/* become_broker makes a broker of this process, which keeps no other descriptor of
 * its creator, and no terminal. It does not return. */
static void become_broker(int listener, int creator, const struct ipckit_shape *shape)
{
    unsigned low = (unsigned)(listener < creator ? listener : creator), high = (unsigned)(listener + creator) - low;
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd <= 2; fd++)
        dup2(null, fd);
    if (low > 3)
        close_range(3, low - 1, 0);
    if (high > low + 1)
        close_range(low + 1, high - 1, 0);
    close_range(high + 1, ~0U, 0);
    if (setsid() >= 0 && listen(listener, SOMAXCONN) == 0)
        run_broker(listener, creator, shape);
    _exit(0);
}

/* start_broker starts a broker, whose parent ends at once, so that no process has
 * to wait for it. This process may have other threads; that malloc works in the
 * child all the same is a promise of the GNU library, not of POSIX. */
static enum ipckit_error start_broker(int listener, int creator, const struct ipckit_shape *shape)
{
    pid_t parent = fork();
    if (parent < 0)
        return ipckit_errno("fork");
    if (parent == 0) {
        if (fork() == 0)
            become_broker(listener, creator, shape);
        _exit(0); /* if fork failed, the creator gets no first answer */
    }
    while (waitpid(parent, NULL, 0) < 0 && errno == EINTR)
        ;
    return IPCKIT_OK;
}

static enum ipckit_error box_create(const char *name, const struct ipckit_shape *shape, void **handle)
{
    int listener, pair[2];
    if (shape->capacity < IPCKIT_UNBOUNDED || shape->capacity > CAPACITY_MAX || shape->item_max < 0 || shape->item_max > MESSAGE_MAX)
        return ipckit_fail(IPCKIT_INVALID, "a mailbox holds 0 to %d messages, or any number, of up to %d bytes", CAPACITY_MAX, MESSAGE_MAX);
    enum ipckit_error error = make_socket(name, "bind", bind, &listener);
    if (error != IPCKIT_OK)
        return error;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
        error = ipckit_errno("socketpair");
        close(listener);
        return error;
    }
    error = start_broker(listener, pair[1], shape);
    close(listener);
    close(pair[1]);
    if (error == IPCKIT_OK)
        return attach(pair[0], handle);
    close(pair[0]);
    return error;
}

static enum ipckit_error box_open(const char *name, void **handle)
{
    int fd;
    enum ipckit_error error = make_socket(name, "connect", connect, &fd);
    if (error != IPCKIT_OK)
        return error;
    if (peer_process(fd) != 0)
        return attach(fd, handle);
    close(fd);
    return ipckit_fail(IPCKIT_PERMISSION, "the mailbox of that name belongs to another user");
}

static enum ipckit_error box_send_priority(void *handle, const void *message, size_t size, int priority, int64_t wait)
{
    struct box *b = handle;
    struct answer a;
    if (size > MESSAGE_MAX)
        return ipckit_fail(IPCKIT_TOO_LARGE, "%zu bytes, messages have up to %d", size, MESSAGE_MAX);
    struct request r = {.demand = SEND, .number = ++b->number, .at_once = wait == IPCKIT_NEVER, .priority = priority};
    send_request(b, &r, message, size);
    return await_answer(b, wait, &a, NULL, 0, NULL);
}

static enum ipckit_error box_send(void *handle, const void *message, size_t size, int64_t wait)
{
    return box_send_priority(handle, message, size, 0, wait);
}

static enum ipckit_error box_receive_from(void *handle, void *into, size_t room, size_t *size, int64_t *sender, int64_t wait)
{
    struct box *b = handle;
    struct answer a;
    struct request r = {.demand = RECEIVE, .number = ++b->number, .at_once = wait == IPCKIT_NEVER, .room = room};
    send_request(b, &r, NULL, 0);
    enum ipckit_error error = await_answer(b, wait, &a, into, room, size);
    if (error == IPCKIT_OK)
        *sender = a.sender;
    return error;
}

static enum ipckit_error box_receive(void *handle, void *into, size_t room, size_t *size, int64_t wait)
{
    int64_t sender;
    return box_receive_from(handle, into, room, size, &sender, wait);
}

static enum ipckit_error box_hand_over(void *handle, int64_t process)
{
    return ask(handle, (struct request){.demand = HAND_OVER, .process = (pid_t)process});
}

static enum ipckit_error box_close(void *handle) { return ask(handle, (struct request){.demand = CLOSE}); }

/* box_cancel is called from another thread than the call that it ends. */
static enum ipckit_error box_cancel(void *handle)
{
    struct box *b = handle;
    withdraw(b, b->number, IPCKIT_INTERRUPTED);
    return IPCKIT_OK;
}

static enum ipckit_error box_detach(void *handle)
{
    struct box *b = handle;
    enum ipckit_error error = close(b->fd) < 0 ? ipckit_errno("close") : IPCKIT_OK;
    free(b);
    return error;
}

/* box_unlink returns after the broker has ended. */
static enum ipckit_error box_unlink(const char *name)
{
    void *handle;
    enum ipckit_error error = box_open(name, &handle);
    if (error != IPCKIT_OK)
        return error;
    struct box *b = handle;
    int broker = (int)syscall(SYS_pidfd_open, peer_process(b->fd), 0);
    error = ask(b, (struct request){.demand = UNLINK});
    if (error == IPCKIT_OK && broker >= 0)
        error = await_one(broker, POLLIN, &(struct limit){.wait = IPCKIT_FOREVER, .cancelled = -1}, IPCKIT_OK);
    if (broker >= 0)
        close(broker);
    box_detach(b);
    return error;
}

const struct ipckit_mailbox mailbox = {
    .create = box_create,
    .open = box_open,
    .send = box_send,
    .send_priority = box_send_priority,
    .receive = box_receive,
    .receive_from = box_receive_from,
    .hand_over = box_hand_over,
    .close = box_close,
    .cancel = box_cancel,
    .detach = box_detach,
    .unlink = box_unlink,
    .owns = true,
};
