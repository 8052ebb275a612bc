/*
 * The keeper of a mailbox: a process that does nothing else. It is the only one
 * that touches the messages and does one thing after the other, so there is
 * nothing to lock, and whoever dies leaves nothing half done: Silberschatz,
 * Galvin, Gagne, Operating System Concepts, 10th edition, 3.6.1, indirect
 * communication, where the operating system owns the mailbox.
 *
 * Who sends or receives is a user with a connection. A request that cannot be
 * done yet waits with its user, and is answered once it can; nothing was done of
 * one that is withdrawn before that.
 */
#define _GNU_SOURCE /* accept4, struct ucred */
#include "keeper.h"

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

struct user {
    int fd;
    pid_t process;
    bool gone;
    struct request waits; /* .demand is SEND, RECEIVE or, where nothing waits, NOTHING */
    uint64_t turn;        /* when it came: the first is served first */
    struct message *message; /* that it wants to send */
};

/* The mailbox. */
static struct {
    int64_t capacity;
    size_t item_max;
    int64_t held; /* messages, the oldest of each priority first */
    struct message *first[PRIORITIES], **last[PRIORITIES];
    bool closed, deleted;
    struct user *owner; /* NULL where there is none */
    uint64_t turns;

    struct user **users;
    struct pollfd *polled; /* the listener, then the users */
    size_t count;
} box;

pid_t keeper_knows(int connection)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 || (peer.uid != geteuid() && peer.uid != 0))
        return 0;
    return peer.pid;
}

/* answer ends the request of a user, and reports whether it can have come. */
static bool answer(struct user *u, enum ipckit_error error, const struct message *m)
{
    struct answer a = {error, m != NULL ? m->sender : 0};
    struct iovec parts[] = {{&a, sizeof a}, {m != NULL ? (void *)m->bytes : NULL, m != NULL ? m->size : 0}};
    struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
    u->waits.demand = NOTHING;
    /* Without waiting: whoever does not fetch his answers holds up nobody else. */
    u->gone = u->gone || sendmsg(u->fd, &packet, MSG_DONTWAIT | MSG_NOSIGNAL) < 0;
    return !u->gone;
}

/* first_to finds who has waited longest to send or to receive. */
static struct user *first_to(enum demand demand)
{
    struct user *first = NULL;
    for (size_t i = 0; i < box.count; i++) {
        struct user *u = box.users[i];
        if (!u->gone && u->waits.demand == demand && (first == NULL || u->turn < first->turn))
            first = u;
    }
    return first;
}

/* accept_message takes what a user sends into the mailbox. */
static void accept_message(struct user *u)
{
    struct message *m = u->message;
    u->message = NULL;
    *box.last[u->waits.priority] = m;
    box.last[u->waits.priority] = &m->next;
    box.held++;
    answer(u, IPCKIT_OK, NULL);
}

/* give gives a message to who receives, and reports whether he has it. */
static bool give(struct user *u, const struct message *m)
{
    if (m->size > u->waits.room) {
        answer(u, IPCKIT_TOO_LARGE, NULL); /* and the message stays */
        return false;
    }
    return answer(u, IPCKIT_OK, m);
}

/* deliver gives the oldest message of the highest priority. */
static void deliver(struct user *u)
{
    int p = PRIORITIES - 1;
    while (box.first[p] == NULL)
        p--;
    struct message *m = box.first[p];
    if (!give(u, m))
        return;
    box.first[p] = m->next;
    if (m->next == NULL)
        box.last[p] = &box.first[p];
    box.held--;
    free(m);
}

/* meet passes a message from hand to hand: a rendezvous. */
static void meet(struct user *sender, struct user *receiver)
{
    if (give(receiver, sender->message))
        answer(sender, IPCKIT_OK, NULL);
}

/* settle does all that can be done for those who wait. */
static void settle(void)
{
    for (;;) {
        struct user *sender = first_to(SEND), *receiver = first_to(RECEIVE);
        if (sender != NULL && box.closed)
            answer(sender, IPCKIT_CLOSED, NULL);
        else if (sender != NULL && box.held < box.capacity)
            accept_message(sender);
        else if (receiver != NULL && box.held > 0)
            deliver(receiver);
        else if (receiver != NULL && sender != NULL)
            meet(sender, receiver);
        else if (receiver != NULL && box.closed)
            answer(receiver, IPCKIT_CLOSED, NULL);
        else
            return;
    }
}

static enum ipckit_error hand_over(const struct user *from, pid_t process)
{
    if (box.owner == NULL)
        return IPCKIT_INVALID;
    if (from->process != box.owner->process)
        return IPCKIT_PERMISSION;
    for (size_t i = 0; i < box.count; i++)
        if (box.users[i]->process == process && !box.users[i]->gone) {
            box.owner = box.users[i];
            return IPCKIT_OK;
        }
    return IPCKIT_NOT_FOUND;
}

/* line_up lets a request wait for its turn. */
static void line_up(struct user *u, const struct request *r, const unsigned char *bytes, size_t size)
{
    struct message *m = NULL;
    u->waits = *r;
    u->turn = box.turns++;
    if (r->demand == SEND) {
        if (r->priority < 0 || r->priority >= PRIORITIES)
            answer(u, IPCKIT_INVALID, NULL);
        else if (size > box.item_max)
            answer(u, IPCKIT_TOO_LARGE, NULL);
        else if ((m = malloc(sizeof *m + size)) == NULL)
            answer(u, IPCKIT_NO_SPACE, NULL);
    } else if (box.owner != NULL && u->process != box.owner->process) {
        answer(u, IPCKIT_PERMISSION, NULL);
    }
    free(u->message); /* of a send that was withdrawn or refused */
    u->message = m;
    if (m != NULL) {
        *m = (struct message){.sender = u->process, .size = size};
        memcpy(m->bytes, bytes, size);
    }
    settle();
    if (u->waits.demand != NOTHING && u->waits.at_once)
        answer(u, r->demand == SEND ? IPCKIT_FULL : IPCKIT_EMPTY, NULL);
}

/* hear deals with one request. */
static void hear(struct user *u)
{
    static struct {
        struct request request;
        unsigned char bytes[MESSAGE_MAX];
    } in;
    const struct request *r = &in.request;
    ssize_t n = recv(u->fd, &in, sizeof in, MSG_DONTWAIT);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n < (ssize_t)sizeof *r) {
        u->gone = true; /* or talks nonsense */
    } else if (r->demand == WITHDRAW) {
        if (u->waits.demand != NOTHING && u->waits.number == r->number)
            answer(u, r->why, NULL);
    } else if (r->demand == SEND || r->demand == RECEIVE) {
        line_up(u, r, in.bytes, (size_t)n - offsetof(__typeof__(in), bytes));
    } else if (r->demand == CLOSE) {
        box.closed = true;
        answer(u, IPCKIT_OK, NULL);
        settle();
    } else if (r->demand == HAND_OVER) {
        answer(u, hand_over(u, r->process), NULL);
    } else if (r->demand == UNLINK) {
        box.deleted = answer(u, IPCKIT_OK, NULL); /* all others see their connection end */
    }
}

/* admit makes a user of a connection. */
static bool admit(int fd, pid_t process)
{
    struct user *u = calloc(1, sizeof *u);
    struct user **users = realloc(box.users, (box.count + 1) * sizeof *users);
    if (users != NULL)
        box.users = users;
    struct pollfd *polled = realloc(box.polled, (box.count + 2) * sizeof *polled);
    if (polled != NULL)
        box.polled = polled;
    if (u == NULL || users == NULL || polled == NULL) {
        free(u);
        return false;
    }
    *u = (struct user){.fd = fd, .process = process};
    box.users[box.count++] = u;
    answer(u, IPCKIT_OK, NULL);
    return true;
}

/* greet admits who is at the door, if it is one of this user's processes. */
static void greet(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    pid_t process = keeper_knows(fd);
    struct user stranger = {.fd = fd};
    if (process == 0)
        answer(&stranger, IPCKIT_PERMISSION, NULL);
    else if (admit(fd, process))
        return;
    else
        answer(&stranger, IPCKIT_NO_SPACE, NULL);
    close(fd);
}

/* see_off forgets those who have gone; the owner takes the mailbox with him. */
static void see_off(void)
{
    for (size_t i = 0; i < box.count; i++) {
        struct user *u = box.users[i];
        if (!u->gone)
            continue;
        box.deleted = box.deleted || u == box.owner;
        close(u->fd);
        free(u->message);
        free(u);
        box.users[i--] = box.users[--box.count];
    }
}

void keep(int listener, int creator, const struct ipckit_shape *shape)
{
    box.capacity = shape->capacity == IPCKIT_UNBOUNDED ? INT64_MAX : shape->capacity;
    box.item_max = (size_t)shape->item_max;
    for (int p = 0; p < PRIORITIES; p++)
        box.last[p] = &box.first[p];
    if (!admit(creator, keeper_knows(creator)))
        return;
    if (shape->owned)
        box.owner = box.users[0];
    while (!box.deleted) {
        size_t count = box.count;
        box.polled[0] = (struct pollfd){.fd = listener, .events = POLLIN};
        for (size_t i = 0; i < count; i++)
            box.polled[i + 1] = (struct pollfd){.fd = box.users[i]->fd, .events = POLLIN};
        if (poll(box.polled, count + 1, -1) < 0)
            continue; /* interrupted */
        for (size_t i = 0; i < count; i++)
            if (box.polled[i + 1].revents != 0)
                hear(box.users[i]);
        if (box.polled[0].revents != 0)
            greet(listener);
        see_off();
    }
}
