/*
 * ipckit_threads.c: drives an implementation behind ipckit.h as threads of one
 * process, for ThreadSanitizer, which sees nothing across processes.
 *
 * Each thread stands for a process: it has its own copy of the implementation's
 * library, hence its own globals, and its own process id. Processes share memory by
 * mapping the same object; threads share one mapping of it (mapping.h), because two
 * mappings would be two memories to ThreadSanitizer.
 *
 *     ipckit_threads STEPS LIBRARY... -- FAMILY,CAPACITY,ITEM_MIN,ITEM_MAX,PRODUCERS,CONSUMERS...
 *
 * There is a LIBRARY for each thread, that of the creator first. Its lines on
 * standard error come between ThreadSanitizer's reports: which round has begun,
 * where memory is shared, and what ThreadSanitizer cannot follow.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "ipckit.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* report writes a line of the driver itself. */
__attribute__((format(printf, 1, 2))) static void report(const char *format, ...)
{
    char line[512] = "ipckit: ";
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line + 8, sizeof line - 9, format, arguments);
    va_end(arguments);
    n = n < (int)sizeof line - 10 ? n : (int)sizeof line - 10;
    line[8 + n] = '\n';
    if (write(STDERR_FILENO, line, (size_t)n + 9) < 0)
        _exit(3);
}

static _Noreturn void die(const char *what)
{
    report("broken %s", what);
    _exit(3);
}

/* Functions of ipckit.h that the implementation calls. */

enum ipckit_error ipckit_fail(enum ipckit_error error, const char *format, ...)
{
    (void)format;
    return error;
}

enum ipckit_error ipckit_errno(const char *what)
{
    (void)what;
    return errno == ENOENT ? IPCKIT_NOT_FOUND : errno == EEXIST ? IPCKIT_EXISTS : errno == EINVAL ? IPCKIT_INVALID : IPCKIT_IO;
}

#include "mapping.h"
#include "order.h"
#include "giveway.h"
#include "round.h"
#include "family.h"

int main(int count, char **arguments)
{
    int first = 2, threads = 0;
    while (first + threads < count && strcmp(arguments[first + threads], "--") != 0)
        threads++;
    if (count < 4 || threads < 2 || threads > MOST_THREADS || first + threads >= count)
        die("arguments");
    for (int i = 0; i < threads; i++) {
        void *library = dlopen(arguments[first + i], RTLD_NOW | RTLD_LOCAL);
        if (library == NULL)
            die(dlerror());
        subjects[i] = dlsym(library, "ipckit_subject");
        if (subjects[i] == NULL)
            die("no ipckit_subject in the library");
    }
    for (int i = first + threads + 1; i < count; i++)
        play(arguments[i], atoi(arguments[1]), threads - 1);
    report("end");
    return 0;
}
