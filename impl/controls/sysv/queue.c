/*
 * Mailboxes: msgget, msgsnd, msgrcv, msgctl. Each message has a type, by which a
 * receiver could choose; here all have the same type. It stands before the bytes,
 * and sizes do not count it: msgop(2).
 */
#define _GNU_SOURCE
#include "key.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/msg.h>

enum { MESSAGE_MAX = 8192 }; /* bytes: /proc/sys/kernel/msgmax */

struct message {
    long type;
    unsigned char bytes[MESSAGE_MAX];
};

/* What a process holds of a queue. */
struct queue {
    int id;
    size_t item_max;
};

static enum ipckit_error keep(int id, size_t item_max, void **handle)
{
    struct queue *q = malloc(sizeof *q);
    if (q == NULL)
        return ipckit_errno("malloc");
    *q = (struct queue){id, item_max};
    *handle = q;
    return IPCKIT_OK;
}

static enum ipckit_error find(const char *name, int *id)
{
    key_t key;
    enum ipckit_error error = key_of(name, &key);
    if (error != IPCKIT_OK)
        return error;
    *id = msgget(key, 0);
    return *id < 0 ? ipckit_errno("msgget") : IPCKIT_OK;
}

/* bound sets the capacity of a queue in bytes. */
static enum ipckit_error bound(int id, int64_t capacity)
{
    struct msqid_ds status;
    if (msgctl(id, IPC_STAT, &status) < 0)
        return ipckit_errno("msgctl");
    status.msg_qbytes = (msglen_t)capacity;
    return msgctl(id, IPC_SET, &status) < 0 ? ipckit_errno("msgctl") : IPCKIT_OK;
}

static enum ipckit_error queue_create(const char *name, const struct ipckit_shape *shape, void **handle)
{
    key_t key;
    if (shape->capacity < 1 || shape->item_max < 0 || shape->item_max > MESSAGE_MAX)
        return ipckit_fail(IPCKIT_INVALID, "want a capacity of 1 byte at least, and messages of up to %d", MESSAGE_MAX);
    enum ipckit_error error = key_of(name, &key);
    if (error != IPCKIT_OK)
        return error;
    int id = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    if (id < 0)
        return ipckit_errno("msgget");
    if ((error = bound(id, shape->capacity)) == IPCKIT_OK)
        error = keep(id, (size_t)shape->item_max, handle);
    if (error != IPCKIT_OK)
        msgctl(id, IPC_RMID, NULL);
    return error;
}

static enum ipckit_error queue_open(const char *name, void **handle)
{
    int id;
    enum ipckit_error error = find(name, &id);
    return error == IPCKIT_OK ? keep(id, MESSAGE_MAX, handle) : error;
}

/* refusal is what a call that failed means. A queue that was removed before the
 * call has an id that is invalid; one that is removed during the call returns EIDRM. */
static enum ipckit_error refusal(const char *what)
{
    return errno == EIDRM || errno == EINVAL ? ipckit_fail(IPCKIT_NOT_FOUND, "%s: the queue is removed", what) : ipckit_errno(what);
}

static enum ipckit_error queue_send(void *handle, const void *message, size_t size, int64_t wait)
{
    struct queue *q = handle;
    static struct message m = {.type = 1};
    if (wait > 0)
        return ipckit_fail(IPCKIT_UNSUPPORTED, "a send with a time limit");
    if (size > q->item_max)
        return ipckit_fail(IPCKIT_TOO_LARGE, "%zu bytes, messages have up to %zu", size, q->item_max);
    memcpy(m.bytes, message, size);
    int result;
    do {
        result = msgsnd(q->id, &m, size, wait == IPCKIT_NEVER ? IPC_NOWAIT : 0);
    } while (result < 0 && errno == EINTR);
    if (result < 0)
        return errno == EAGAIN ? IPCKIT_FULL : refusal("msgsnd");
    return IPCKIT_OK;
}

static enum ipckit_error queue_receive(void *handle, void *into, size_t room, size_t *size, int64_t wait)
{
    struct queue *q = handle;
    static struct message m;
    if (wait > 0)
        return ipckit_fail(IPCKIT_UNSUPPORTED, "a receive with a time limit");
    ssize_t n;
    do { /* E2BIG: the message is too large, and stays */
        n = msgrcv(q->id, &m, room < MESSAGE_MAX ? room : MESSAGE_MAX, 0, wait == IPCKIT_NEVER ? IPC_NOWAIT : 0);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return errno == ENOMSG ? IPCKIT_EMPTY
            : errno == E2BIG   ? ipckit_fail(IPCKIT_TOO_LARGE, "room for %zu bytes", room)
                               : refusal("msgrcv");
    memcpy(into, m.bytes, (size_t)n);
    *size = (size_t)n;
    return IPCKIT_OK;
}

static enum ipckit_error queue_detach(void *handle)
{
    free(handle); /* a process holds nothing of a queue */
    return IPCKIT_OK;
}

static enum ipckit_error queue_unlink(const char *name)
{
    int id;
    enum ipckit_error error = find(name, &id);
    if (error != IPCKIT_OK)
        return error;
    return msgctl(id, IPC_RMID, NULL) < 0 ? ipckit_errno("msgctl") : IPCKIT_OK;
}

const struct ipckit_mailbox queue = {
    .create = queue_create,
    .open = queue_open,
    .send = queue_send,
    .receive = queue_receive,
    .detach = queue_detach,
    .unlink = queue_unlink,
};
