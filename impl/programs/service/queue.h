/*
 * Requests and replies over one System V message queue: msgget(2), msgop(2),
 * after the client and server of Stevens, UNIX Network Programming 2, 6.7.
 *
 * One queue serves both directions, since the type of a message says where it goes:
 * SERVER for requests, and a client's process id for the replies to it. So several
 * clients can ask at the same time, and each gets its own replies.
 *
 * Either program may come first: both open or create the queue. The server
 * removes it when a client says that all is done.
 */
#ifndef QUEUE_H
#define QUEUE_H

#define KEY    0x69706b31 /* of both programs */
#define SERVER 1L         /* no client's process id: 1 is that of init */

struct request {
    long type; /* SERVER */
    long client;
    int last; /* the last request */
    unsigned long number;
};

struct reply {
    long type; /* the client */
    unsigned long number, square; /* the square modulo 2^64 */
};

/* All of these end the program with a message if the system refuses. */
int queue_open(void);
void queue_remove(int queue);
void ask(int queue, const struct request *r);
void await_request(int queue, struct request *r);
void answer(int queue, const struct reply *r);
void await_reply(int queue, long client, struct reply *r);

#endif
