/*
 * Mailboxes: messages through a named object, which keeps them until they are
 * received.
 *
 * Fill in the functions that are not written yet. ipckit compiles this file with
 * a main of its own and starts several processes of it, which share nothing but
 * what the kernel carries between them. After each step run
 *
 *     ipckit check .
 *
 * and ipckit.h, beside this file, says what each function must return. A good
 * order: create and open; calls that never wait; calls that wait; detach and unlink,
 * without which no check passes, because leftovers count as failures.
 */
#include "ipckit.h"

/* Needed sooner or later: */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* What one process holds: the void * that ipckit passes to the other functions. */
struct box {
    int fd; /* of a message queue, a socket, ... What carries whole messages? */
};

/*
 * Make a new mailbox under a name such as "/box", for shape->capacity messages of
 * up to shape->item_max bytes: mq_open with O_CREAT and O_EXCL does it, and msgget
 * can. Refuse arguments that make no sense with IPCKIT_INVALID.
 *
 * `return ipckit_errno("mq_open");` returns the error that errno stands for.
 */
static enum ipckit_error my_create(const char *name, const struct ipckit_shape *shape, void **mailbox)
{
    return IPCKIT_NOT_WRITTEN(); /* ... *mailbox = x; return IPCKIT_OK; */
}

/* Attach to a mailbox that another process has made: IPCKIT_NOT_FOUND if there is none. */
static enum ipckit_error my_open(const char *name, void **mailbox)
{
    return IPCKIT_NOT_WRITTEN();
}

/*
 * Send a message. If there is no room: IPCKIT_FULL if wait is IPCKIT_NEVER; if it
 * is IPCKIT_FOREVER, wait until there is. A signal may interrupt a call
 * that sleeps: is EINTR success?
 */
static enum ipckit_error my_send(void *mailbox, const void *message, size_t size, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN();
}

/*
 * Receive the oldest message and set *size to its length. If there is none:
 * IPCKIT_EMPTY if wait is IPCKIT_NEVER; if it is IPCKIT_FOREVER, wait until there
 * is one.
 */
static enum ipckit_error my_receive(void *mailbox, void *into, size_t room, size_t *size, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Give back what this process holds. The messages stay. */
static enum ipckit_error my_detach(void *mailbox)
{
    return IPCKIT_NOT_WRITTEN();
}

/* Remove the name, so that nothing stays behind. */
static enum ipckit_error my_unlink(const char *name)
{
    return IPCKIT_NOT_WRITTEN();
}

static const struct ipckit_mailbox it = {
    .create = my_create,
    .open = my_open,
    .send = my_send,
    .receive = my_receive,
    .detach = my_detach,
    .unlink = my_unlink,
};

const struct ipckit_subject ipckit_subject = {.mailbox = &it};
