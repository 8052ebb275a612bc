/*
 * Mailboxes over POSIX message queues, mq_overview(7).
 *
 * The kernel keeps the messages, so processes share nothing and can leave nothing
 * half done. It delivers the oldest message of the highest priority.
 */
#include "ipckit.h"

#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

struct box {
    mqd_t queue;
    size_t message_max;
    char *message; /* mq_receive wants room for the largest message */
};

/* attach makes a handle of an open queue. */
static enum ipckit_error attach(mqd_t queue, void **handle)
{
    struct mq_attr attributes;
    if (mq_getattr(queue, &attributes) < 0) {
        enum ipckit_error error = ipckit_errno("mq_getattr");
        mq_close(queue);
        return error;
    }
    size_t size = (size_t)attributes.mq_msgsize;
    struct box *b = malloc(sizeof *b);
    char *message = malloc(size);
    if (b == NULL || message == NULL) {
        free(b);
        free(message);
        mq_close(queue);
        return ipckit_fail(IPCKIT_NO_SPACE, "malloc");
    }
    *b = (struct box){queue, size, message};
    *handle = b;
    return IPCKIT_OK;
}

static enum ipckit_error box_create(const char *name, const struct ipckit_shape *shape, void **handle)
{
    struct mq_attr attributes = {.mq_maxmsg = shape->capacity, .mq_msgsize = shape->item_max};
    mqd_t queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR, &attributes);
    if (queue == (mqd_t)-1)
        return ipckit_errno("mq_open");
    enum ipckit_error error = attach(queue, handle);
    if (error != IPCKIT_OK)
        mq_unlink(name);
    return error;
}

static enum ipckit_error box_open(const char *name, void **handle)
{
    mqd_t queue = mq_open(name, O_RDWR | O_CLOEXEC);
    return queue == (mqd_t)-1 ? ipckit_errno("mq_open") : attach(queue, handle);
}

/* deadline returns the time at which a wait ends. With a time that has passed the
 * kernel tries once and does not wait. */
static struct timespec deadline(int64_t wait)
{
    struct timespec t = {0};
    if (wait > 0) {
        clock_gettime(CLOCK_REALTIME, &t); /* the clock of mq_timedsend */
        t.tv_sec += (time_t)(wait / 1000);
        t.tv_nsec += (long)(wait % 1000) * 1000000;
        if (t.tv_nsec >= 1000000000) {
            t.tv_sec++;
            t.tv_nsec -= 1000000000;
        }
    }
    return t;
}

/* refusal translates the errno of a call that failed. */
static enum ipckit_error refusal(const char *what, int64_t wait, enum ipckit_error instead)
{
    return errno == ETIMEDOUT && wait == IPCKIT_NEVER ? instead : ipckit_errno(what);
}

static enum ipckit_error box_send_priority(void *handle, const void *message, size_t size, int priority, int64_t wait)
{
    struct box *b = handle;
    struct timespec limit = deadline(wait);
    int result;
    do { /* a signal does not end the wait */
        result = wait == IPCKIT_FOREVER ? mq_send(b->queue, message, size, (unsigned)priority)
                                        : mq_timedsend(b->queue, message, size, (unsigned)priority, &limit);
    } while (result < 0 && errno == EINTR);
    return result < 0 ? refusal("mq_timedsend", wait, IPCKIT_FULL) : IPCKIT_OK;
}

static enum ipckit_error box_send(void *handle, const void *message, size_t size, int64_t wait)
{
    return box_send_priority(handle, message, size, 0, wait);
}

static enum ipckit_error box_receive(void *handle, void *into, size_t room, size_t *size, int64_t wait)
{
    struct box *b = handle;
    if (room < b->message_max) /* a message that has been taken cannot be put back */
        return ipckit_fail(IPCKIT_TOO_LARGE, "room for %zu bytes, messages have up to %zu", room, b->message_max);
    struct timespec limit = deadline(wait);
    ssize_t result;
    do {
        result = wait == IPCKIT_FOREVER ? mq_receive(b->queue, b->message, b->message_max, NULL)
                                        : mq_timedreceive(b->queue, b->message, b->message_max, NULL, &limit);
    } while (result < 0 && errno == EINTR);
    if (result < 0)
        return refusal("mq_timedreceive", wait, IPCKIT_EMPTY);
    memcpy(into, b->message, (size_t)result);
    *size = (size_t)result;
    return IPCKIT_OK;
}

static enum ipckit_error box_detach(void *handle)
{
    struct box *b = handle;
    enum ipckit_error error = mq_close(b->queue) < 0 ? ipckit_errno("mq_close") : IPCKIT_OK;
    free(b->message);
    free(b);
    return error;
}

static enum ipckit_error box_unlink(const char *name)
{
    return mq_unlink(name) < 0 ? ipckit_errno("mq_unlink") : IPCKIT_OK;
}

static const struct ipckit_mailbox mailbox = {
    .create = box_create,
    .open = box_open,
    .send = box_send,
    .send_priority = box_send_priority,
    .receive = box_receive,
    .detach = box_detach,
    .unlink = box_unlink,
};

const struct ipckit_subject ipckit_subject = {.name = "mqueue", .mailbox = &mailbox};
