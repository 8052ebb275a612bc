/*
 * ipckit_shim.c: turns an implementation behind ipckit.h into an agent.
 *
 * An agent reads commands from descriptor 3 and replies on descriptor 4, one flat
 * JSON object a line; with IPCKIT_CONTROL=stdio in the environment it uses standard
 * input and output instead. protocol.schema.json of ipckit describes the lines. The
 * main thread carries out operations, so that signals reach them. A second thread
 * reads commands, and itself replies to hello, status, cancel and bye, even while
 * the main thread is busy.
 *
 * It needs nothing but a C11 compiler and Linux. By hand, beside ipckit.h:
 *     cc -I. buffer.c shim/ipckit_shim.c -o agent -pthread -lrt
 *     IPCKIT_CONTROL=stdio ./agent
 *     {"id":1,"op":"hello","protocol":0}
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "ipckit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    PROTOCOL = 0,
    MARK_BEGIN = 77001, /* system calls that do not exist: a tracer sees where */
    MARK_END = 77002,   /* an operation begins and where it ends */
    OVERWRITTEN = 0xEE  /* the bytes of a payload's memory after the call */
};

#define MAX_LINE ((size_t)16 << 20)
#define MAX_DATA ((int64_t)12 * (1 << 20) - 4096) /* bytes of a payload in a command or reply */
#define MAX_GENERATED ((int64_t)1 << 30)          /* bytes of a payload that is generated here */

/* The largest item, bytes, if neither the command nor ipckit, which passes what the
 * claims say, gives one. */
#ifndef IPCKIT_ITEM_MAX
#define IPCKIT_ITEM_MAX 65536
#endif

static void die(const char *what)
{
    fprintf(stderr, "ipckit agent: %s\n", what);
    exit(2);
}

static void *allocate(size_t size)
{
    void *p = malloc(size > 0 ? size : 1);
    if (p == NULL)
        die("out of memory");
    return p;
}

/* The parts are included, not linked: no name of theirs can clash with one of
 * the implementation. */
#include "error.h"
#include "text.h"
#include "command.h"
#include "payload.h"
#include "object.h"
#include "region.h"
#include "named.h"
#include "snapshot.h"
#include "queue.h"
#include "link.h"
#include "load.h"
#include "scratch.h"
#include "steps.h"
#include "wording.h"
#include "publishing.h"
#include "worker.h"
#include "moving.h"
#include "history.h"
#include "recorded.h"
#include "measureditem.h"
#include "measured.h"
#include "workload.h"
#include "operation.h"
#include "control.h"

/* connect_channels moves the channels away from the implementation's output and
 * from the programs that it executes. */
static void connect_channels(void)
{
    const char *mode = getenv("IPCKIT_CONTROL");
    if (mode != NULL && is(mode, "stdio")) {
        commands = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
        replies = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
        int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (commands < 0 || replies < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
            die("standard input and output cannot be moved");
        close(null);
        return;
    }
    commands = 3;
    replies = 4;
    if (fcntl(commands, F_SETFD, FD_CLOEXEC) < 0 || fcntl(replies, F_SETFD, FD_CLOEXEC) < 0)
        die("descriptors 3 and 4 are not open: ipckit starts this program with pipes there; "
            "to talk to it by hand, set IPCKIT_CONTROL=stdio");
}

static void ignore(int number) { (void)number; }

int main(void)
{
    static int thread;
    pthread_t controller;
    sigset_t all, before;

    connect_channels();
    setvbuf(stdout, NULL, _IOLBF, 0); /* so that output before a crash is not lost */

    /* A signal that has a handler and is not restarted interrupts system calls:
     * an implementation must cope with that. */
    struct sigaction action = {.sa_handler = ignore};
    sigaction(SIGUSR1, &action, NULL);

    /* The thread that carries out operations handles signals. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    thread = (int)syscall(SYS_gettid);
    if (pthread_create(&controller, NULL, control, &thread) != 0)
        die("no thread can be started");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    work_on();
}
