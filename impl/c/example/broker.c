/*
 * The broker of a mailbox: a process that does nothing else. It alone touches the
 * messages, and it handles one request after the other. So nothing needs a lock,
 * and a client that dies leaves nothing half done: Silberschatz, Galvin, Gagne,
 * Operating System Concepts, 10th edition, 3.6.1, indirect communication, where
 * the operating system owns the mailbox.
 *
 * A process that sends or receives is a client with a connection. A request that
 * cannot be done yet waits with its client and is answered once it can be done.
 * Of a request that is withdrawn before that, nothing was done.
 */
#define _GNU_SOURCE /* accept4, struct ucred */
#include "broker.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct message {
    struct message *next;
    pid_t sender;
    size_t size;
    unsigned char bytes[];
};

struct client {
    int fd;
    pid_t process;
    bool gone;
    struct request waits; /* .demand is SEND, RECEIVE or, if nothing waits, NOTHING */
    uint64_t turn;        /* the order of requests: the first is served first */
    struct message *message; /* of the SEND that waits */
};

/* The mailbox. */
static struct {
    int64_t capacity;
    size_t item_max;
    int64_t held; /* messages, the oldest of each priority first */
    struct message *first[PRIORITIES], **last[PRIORITIES];
    bool closed, deleted;
    struct client *owner; /* NULL: none */
    uint64_t turns;

    struct client **clients;
    struct pollfd *polled; /* the listener, then the clients */
    size_t count;
} box;

pid_t peer_process(int connection)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || (peer.uid != geteuid() && peer.uid != 0))
        return 0;
    return peer.pid;
}

/* answer ends the request of a client, and reports whether it could be sent. */
static bool answer(struct client *c, enum ipckit_error error, const struct message *m)
{
    struct answer a = {error, m != NULL ? m->sender : 0};
    struct iovec parts[] = {{&a, sizeof a}, {m != NULL ? (void *)m->bytes : NULL, m != NULL ? m->size : 0}};
    struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
    c->waits.demand = NOTHING;
    /* Without waiting: a client that does not read its answers must not hold up others. */
    c->gone = c->gone || sendmsg(c->fd, &packet, MSG_DONTWAIT | MSG_NOSIGNAL) < 0;
    return !c->gone;
}

/* longest_waiting finds the client that has waited longest to send or to receive. */
static struct client *longest_waiting(enum demand demand)
{
    struct client *first = NULL;
    for (size_t i = 0; i < box.count; i++) {
        struct client *c = box.clients[i];
        if (!c->gone && c->waits.demand == demand && (first == NULL || c->turn < first->turn))
            first = c;
    }
    return first;
}

/* accept_message takes a client's message into the mailbox. */
static void accept_message(struct client *c)
{
    struct message *m = c->message;
    c->message = NULL;
    *box.last[c->waits.priority] = m;
    box.last[c->waits.priority] = &m->next;
    box.held++;
    answer(c, IPCKIT_OK, NULL);
}

/* give sends a message to a receiver, and reports whether that succeeded. */
static bool give(struct client *c, const struct message *m)
{
    if (m->size > c->waits.room) {
        answer(c, IPCKIT_TOO_LARGE, NULL); /* the message stays */
        return false;
    }
    return answer(c, IPCKIT_OK, m);
}

/* deliver gives a receiver the oldest message of the highest priority. */
static void deliver(struct client *c)
{
    int p = PRIORITIES - 1;
    while (box.first[p] == NULL)
        p--;
    struct message *m = box.first[p];
    if (!give(c, m))
        return;
    box.first[p] = m->next;
    if (m->next == NULL)
        box.last[p] = &box.first[p];
    box.held--;
    free(m);
}

/* rendezvous passes a message directly from sender to receiver. */
static void rendezvous(struct client *sender, struct client *receiver)
{
    if (give(receiver, sender->message))
        answer(sender, IPCKIT_OK, NULL);
}

/* settle serves all requests that can be done now. */
static void settle(void)
{
    for (;;) {
        struct client *sender = longest_waiting(SEND), *receiver = longest_waiting(RECEIVE);
        if (sender != NULL && box.closed)
            answer(sender, IPCKIT_CLOSED, NULL);
        else if (sender != NULL && box.held < box.capacity)
            accept_message(sender);
        else if (receiver != NULL && box.held > 0)
            deliver(receiver);
        else if (receiver != NULL && sender != NULL)
            rendezvous(sender, receiver);
        else if (receiver != NULL && box.closed)
            answer(receiver, IPCKIT_CLOSED, NULL);
        else
            return;
    }
}

static enum ipckit_error hand_over(const struct client *from, pid_t process)
{
    if (box.owner == NULL)
        return IPCKIT_INVALID;
    if (from->process != box.owner->process)
        return IPCKIT_PERMISSION;
    for (size_t i = 0; i < box.count; i++)
        if (box.clients[i]->process == process && !box.clients[i]->gone) {
            box.owner = box.clients[i];
            return IPCKIT_OK;
        }
    return IPCKIT_NOT_FOUND;
}

/* enqueue lets a request wait until it can be done. */
static void enqueue(struct client *c, const struct request *r, const unsigned char *bytes, size_t size)
{
    struct message *m = NULL;
    c->waits = *r;
    c->turn = box.turns++;
    if (r->demand == SEND) {
        if (r->priority < 0 || r->priority >= PRIORITIES)
            answer(c, IPCKIT_INVALID, NULL);
        else if (size > box.item_max)
            answer(c, IPCKIT_TOO_LARGE, NULL);
        else if ((m = malloc(sizeof *m + size)) == NULL)
            answer(c, IPCKIT_NO_SPACE, NULL);
    } else if (box.owner != NULL && c->process != box.owner->process) {
        answer(c, IPCKIT_PERMISSION, NULL);
    }
    free(c->message); /* of a send that was withdrawn or refused */
    c->message = m;
    if (m != NULL) {
        *m = (struct message){.sender = c->process, .size = size};
        memcpy(m->bytes, bytes, size);
    }
    settle();
    if (c->waits.demand != NOTHING && c->waits.at_once)
        answer(c, r->demand == SEND ? IPCKIT_FULL : IPCKIT_EMPTY, NULL);
}

/* handle handles one request. */
static void handle(struct client *c)
{
    static struct {
        struct request request;
        unsigned char bytes[MESSAGE_MAX];
    } in;
    const struct request *r = &in.request;
    ssize_t n = recv(c->fd, &in, sizeof in, MSG_DONTWAIT);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n < (ssize_t)sizeof *r) {
        c->gone = true; /* or does not speak the protocol */
    } else if (r->demand == WITHDRAW) {
        if (c->waits.demand != NOTHING && c->waits.number == r->number)
            answer(c, r->why, NULL);
    } else if (r->demand == SEND || r->demand == RECEIVE) {
        enqueue(c, r, in.bytes, (size_t)n - offsetof(__typeof__(in), bytes));
    } else if (r->demand == CLOSE) {
        box.closed = true;
        answer(c, IPCKIT_OK, NULL);
        settle();
    } else if (r->demand == HAND_OVER) {
        answer(c, hand_over(c, r->process), NULL);
    } else if (r->demand == UNLINK) {
        box.deleted = answer(c, IPCKIT_OK, NULL); /* the other clients see their connections end */
    }
}

/* admit makes a client of a connection. */
static bool admit(int fd, pid_t process)
{
    struct client *c = calloc(1, sizeof *c);
    struct client **clients = realloc(box.clients, (box.count + 1) * sizeof *clients);
    if (clients != NULL)
        box.clients = clients;
    struct pollfd *polled = realloc(box.polled, (box.count + 2) * sizeof *polled);
    if (polled != NULL)
        box.polled = polled;
    if (c == NULL || clients == NULL || polled == NULL) {
        free(c);
        return false;
    }
    *c = (struct client){.fd = fd, .process = process};
    box.clients[box.count++] = c;
    answer(c, IPCKIT_OK, NULL);
    return true;
}

/* accept_client admits a process that connects, if it belongs to this user. */
static void accept_client(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    pid_t process = peer_process(fd);
    struct client refused = {.fd = fd};
    if (process == 0)
        answer(&refused, IPCKIT_PERMISSION, NULL);
    else if (admit(fd, process))
        return;
    else
        answer(&refused, IPCKIT_NO_SPACE, NULL);
    close(fd);
}

/* remove_gone removes the clients that have gone. The mailbox goes with its
 * owner. */
static void remove_gone(void)
{
    for (size_t i = 0; i < box.count; i++) {
        struct client *c = box.clients[i];
        if (!c->gone)
            continue;
        box.deleted = box.deleted || c == box.owner;
        close(c->fd);
        free(c->message);
        free(c);
        box.clients[i--] = box.clients[--box.count];
    }
}

void run_broker(int listener, int creator, const struct ipckit_shape *shape)
{
    box.capacity = shape->capacity == IPCKIT_UNBOUNDED ? INT64_MAX : shape->capacity;
    box.item_max = (size_t)shape->item_max;
    for (int p = 0; p < PRIORITIES; p++)
        box.last[p] = &box.first[p];
    if (!admit(creator, peer_process(creator)))
        return;
    if (shape->owned)
        box.owner = box.clients[0];
    while (!box.deleted) {
        size_t count = box.count;
        box.polled[0] = (struct pollfd){.fd = listener, .events = POLLIN};
        for (size_t i = 0; i < count; i++)
            box.polled[i + 1] = (struct pollfd){.fd = box.clients[i]->fd, .events = POLLIN};
        if (poll(box.polled, count + 1, -1) < 0)
            continue; /* interrupted */
        for (size_t i = 0; i < count; i++)
            if (box.polled[i + 1].revents != 0)
                handle(box.clients[i]);
        if (box.polled[0].revents != 0)
            accept_client(listener);
        remove_gone();
    }
}
