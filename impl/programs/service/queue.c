#define _XOPEN_SOURCE 700
#include "queue.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

int queue_open(void)
{
    int queue = msgget(KEY, IPC_CREAT | 0600);
    if (queue == -1)
        fail("msgget");
    return queue;
}

void queue_remove(int queue)
{
    if (msgctl(queue, IPC_RMID, NULL) == -1)
        fail("msgctl");
}

/* The size of a message does not count its type: msgop(2). */
#define BODY(m) (sizeof *(m) - sizeof (m)->type)

/* Neither call is restarted after a signal, even with SA_RESTART. */
static void put(int queue, const void *message, size_t size)
{
    while (msgsnd(queue, message, size, 0) == -1)
        if (errno != EINTR)
            fail("msgsnd");
}

static void get(int queue, void *message, size_t size, long type)
{
    ssize_t n;
    while ((n = msgrcv(queue, message, size, type, 0)) == -1)
        if (errno != EINTR)
            fail("msgrcv");
    if ((size_t)n != size) {
        fprintf(stderr, "a message of %zd bytes, expected %zu: does another program use the key?\n", n, size);
        exit(EXIT_FAILURE);
    }
}

void ask(int queue, const struct request *r) { put(queue, r, BODY(r)); }

void await_request(int queue, struct request *r) { get(queue, r, BODY(r), SERVER); }

void answer(int queue, const struct reply *r) { put(queue, r, BODY(r)); }

void await_reply(int queue, long client, struct reply *r) { get(queue, r, BODY(r), client); }
