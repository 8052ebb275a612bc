/*
 * What a mailbox's keeper and those who use the mailbox say to each other. Each
 * request and each answer is one packet, whose message, if any, follows it. A
 * connection has one request under way, beside WITHDRAW, and each request gets
 * one answer; a first answer comes before all requests, and says whether this
 * user may use the mailbox at all.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include "ipckit.h"

#include <sys/types.h>

enum {
    MESSAGE_MAX = 64 << 10, /* bytes; it has to fit into one packet */
    CAPACITY_MAX = 1 << 20, /* messages, where a mailbox has a bound */
    PRIORITIES = 32
};

enum demand {
    NOTHING,
    SEND,
    RECEIVE,
    WITHDRAW, /* the request of that number, if it has not been answered; why is its answer then */
    CLOSE,
    HAND_OVER,
    UNLINK
};

struct request {
    enum demand demand;
    uint64_t number;       /* each of a connection is greater than the last */
    bool at_once;          /* it is not to wait */
    int priority;          /* of the message */
    size_t room;           /* for a message */
    enum ipckit_error why; /* it is withdrawn */
    pid_t process;         /* that is to be the owner */
};

struct answer {
    enum ipckit_error error;
    pid_t sender; /* of the message */
};

/* keep keeps a mailbox until it is deleted. listener is bound to its name;
 * creator is the first connection. It returns if there is no memory, too. */
void keep(int listener, int creator, const struct ipckit_shape *shape);

/* keeper_knows gives the process at the other end of a connection, as the kernel
 * saw it when the connection was made; 0 where it is neither of this user nor of
 * the superuser. */
pid_t keeper_knows(int connection);

#endif
