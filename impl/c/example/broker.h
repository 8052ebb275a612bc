/*
 * The protocol between a mailbox's broker and the processes that use the mailbox,
 * its clients. Each request and each answer is one packet: the struct, then the
 * message, if any. A connection has one request under way at a time, beside
 * WITHDRAW, and each request gets one answer. A first answer comes before all
 * requests: whether the client may use the mailbox at all.
 */
#ifndef BROKER_H
#define BROKER_H

#include "ipckit.h"

#include <sys/types.h>

enum {
    MESSAGE_MAX = 64 << 10, /* bytes; a message must fit into one packet */
    CAPACITY_MAX = 1 << 20, /* messages, of a bounded mailbox */
    PRIORITIES = 32
};

enum demand {
    NOTHING,
    SEND,
    RECEIVE,
    WITHDRAW, /* ends the request of that number, if it has not been answered, with why */
    CLOSE,
    HAND_OVER,
    UNLINK
};

struct request {
    enum demand demand;
    uint64_t number;       /* increases with each request of a connection */
    bool at_once;          /* do not wait */
    int priority;          /* of the message */
    size_t room;           /* for a message, bytes */
    enum ipckit_error why; /* of WITHDRAW: the answer of the request that is withdrawn */
    pid_t process;         /* of HAND_OVER: the new owner */
};

struct answer {
    enum ipckit_error error;
    pid_t sender; /* of the message */
};

/* run_broker serves a mailbox until it is deleted, or returns at once if memory
 * is short. listener is the socket that is bound to the mailbox's name; creator is
 * the first client's connection. */
void run_broker(int listener, int creator, const struct ipckit_shape *shape);

/* peer_process returns the process at the other end of a connection, as the kernel
 * recorded it when the connection was made; 0 if it belongs neither to this user
 * nor to the superuser. */
pid_t peer_process(int connection);

#endif
