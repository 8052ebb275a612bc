/*
 * Links: two processes that name each other send messages both ways.
 *
 * Fill in the functions that are not written yet. ipckit compiles this file with
 * a main of its own and starts several processes of it, which share nothing but
 * what the kernel carries between them. After each step run
 *
 *     ipckit check .
 *
 * and ipckit.h, beside this file, says what each function must return. A good
 * order: join, open, leave and detach; send and receive that never wait;
 * waiting; the peer's death.
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

/* What one process holds of its name, and of one link: the void * that ipckit
 * passes to the other functions. */
struct party {
    char *name;
};
struct link {
    int fd;
};

/*
 * Take a name for this process: IPCKIT_EXISTS if another has it. It must be free
 * again when this process leaves, and when it is killed.
 *
 * `return ipckit_errno("bind");` returns the error that errno stands for.
 */
static enum ipckit_error my_join(const char *name, void **party)
{
    return IPCKIT_NOT_WRITTEN(); /* ... *party = x; return IPCKIT_OK; */
}

/* Give the name up. */
static enum ipckit_error my_leave(void *party)
{
    return IPCKIT_NOT_WRITTEN();
}

/*
 * Open this party's end of the link with the party called peer, without waiting
 * for it: it may join later, and it opens its end by this party's name. Which of
 * the two makes the connection, and which finds it?
 */
static enum ipckit_error my_open(void *party, const char *peer, void **link)
{
    return IPCKIT_NOT_WRITTEN();
}

/*
 * Send a message, wholly or not at all. If there is no room: IPCKIT_FULL if wait is
 * IPCKIT_NEVER; if it is IPCKIT_FOREVER, wait until there is. If the peer has gone:
 * IPCKIT_PEER_DEAD, and no SIGPIPE.
 */
static enum ipckit_error my_send(void *link, const void *message, size_t size, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN();
}

/*
 * Receive the next message that the peer has sent, whole and alone, and set *size
 * to its length. If there is none: IPCKIT_EMPTY if wait is IPCKIT_NEVER; if it is
 * IPCKIT_FOREVER, wait until there is one. If the peer has gone: first all messages
 * that it had sent, then IPCKIT_PEER_DEAD.
 */
static enum ipckit_error my_receive(void *link, void *into, size_t room, size_t *size, int64_t wait)
{
    return IPCKIT_NOT_WRITTEN();
}

/* End the link and give back what this process holds of it. */
static enum ipckit_error my_detach(void *link)
{
    return IPCKIT_NOT_WRITTEN();
}

static const struct ipckit_link it = {
    .join = my_join,
    .leave = my_leave,
    .open = my_open,
    .send = my_send,
    .receive = my_receive,
    .detach = my_detach,
};

const struct ipckit_subject ipckit_subject = {.link = &it};
