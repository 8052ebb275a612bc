/*
 * The course's header behind ipckit's: what is written once for an assignment.
 *
 * A call that may not wait looks first. With one producer and one consumer what
 * it sees stays true: no other process takes the slot or the item.
 */
#include "ipckit.h"
#include "queue.h"

#include <string.h>

static enum ipckit_error create(const char *name, const struct ipckit_shape *shape, void **q)
{
    if (shape->capacity != QUEUE_SIZE || shape->item_max != sizeof(int))
        return ipckit_fail(IPCKIT_INVALID, "a queue has room for %d integers, and no other", QUEUE_SIZE);
    return (*q = createQueue(name)) != NULL ? IPCKIT_OK : ipckit_errno("createQueue");
}

static enum ipckit_error open(const char *name, void **q)
{
    return (*q = attachQueue(name)) != NULL ? IPCKIT_OK : ipckit_errno("attachQueue");
}

static enum ipckit_error put(void *q, const void *item, size_t size, int64_t wait)
{
    int value;
    if (size != sizeof value)
        return IPCKIT_TOO_LARGE;
    if (wait == IPCKIT_NEVER && isFull(q))
        return IPCKIT_FULL;
    if (wait > 0)
        return ipckit_fail(IPCKIT_UNSUPPORTED, "append waits for ever");
    memcpy(&value, item, sizeof value);
    append(q, value);
    return IPCKIT_OK;
}

static enum ipckit_error get(void *q, void *into, size_t room, size_t *size, int64_t wait)
{
    if (room < sizeof(int))
        return IPCKIT_TOO_LARGE;
    if (wait == IPCKIT_NEVER && isEmpty(q))
        return IPCKIT_EMPTY;
    if (wait > 0)
        return ipckit_fail(IPCKIT_UNSUPPORTED, "removeFirst waits for ever");
    int value = removeFirst(q);
    memcpy(into, &value, *size = sizeof value);
    return IPCKIT_OK;
}

static enum ipckit_error detach(void *q) { return detachQueue(q), IPCKIT_OK; }

static enum ipckit_error unlink(const char *name) { return removeQueue(name), IPCKIT_OK; }

static const struct ipckit_buffer course = {
    .create = create, .open = open, .put = put, .get = get, .detach = detach, .unlink = unlink};

const struct ipckit_subject ipckit_subject = {.one_to_one = &course};
