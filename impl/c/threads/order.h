/*
 * order.h: calls that order threads and that ThreadSanitizer does not know. A part
 * of ipckit_threads.c. The linker redirects the library's calls to here (--wrap).
 *
 * If it is not known what exactly a call orders, it is assumed to order everything
 * before it against everything after a later such call: a race may be missed, but
 * no false one is reported.
 */
#include <mqueue.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/sem.h>

void __tsan_acquire(void *);
void __tsan_release(void *);

static char everything; /* its address stands for everything that is ordered */

static void before(void) { __tsan_release(&everything); }
static void after(void) { __tsan_acquire(&everything); }

/* ThreadSanitizer ignores fences. */
void __tsan_atomic_thread_fence(int order);

void __wrap___tsan_atomic_thread_fence(int order)
{
    before();
    __tsan_atomic_thread_fence(order);
    after();
}

#define ORDERED(result, name, parameters, arguments) \
    result __wrap_##name parameters                  \
    {                                                \
        before();                                    \
        result answer = name arguments;              \
        int number = errno;                          \
        after();                                     \
        errno = number;                              \
        return answer;                               \
    }

ORDERED(int, semop, (int id, struct sembuf *steps, size_t n), (id, steps, n))
ORDERED(int, semtimedop, (int id, struct sembuf *steps, size_t n, const struct timespec *limit), (id, steps, n, limit))
ORDERED(int, msgsnd, (int id, const void *message, size_t size, int flags), (id, message, size, flags))
ORDERED(ssize_t, msgrcv, (int id, void *message, size_t size, long type, int flags), (id, message, size, type, flags))
ORDERED(int, mq_send, (mqd_t q, const char *message, size_t size, unsigned priority), (q, message, size, priority))
ORDERED(int, mq_timedsend, (mqd_t q, const char *message, size_t size, unsigned priority, const struct timespec *limit),
    (q, message, size, priority, limit))
ORDERED(ssize_t, mq_receive, (mqd_t q, char *message, size_t size, unsigned *priority), (q, message, size, priority))
ORDERED(ssize_t, mq_timedreceive, (mqd_t q, char *message, size_t size, unsigned *priority, const struct timespec *limit),
    (q, message, size, priority, limit))
ORDERED(int, flock, (int fd, int operation), (fd, operation))

/* Record locks belong to a process: they do not exclude threads from each other. */
static int file_control(int fd, int command, void *argument)
{
    if (command == F_SETLK || command == F_SETLKW)
        report("blind it excludes processes by record locks of fcntl, which do not exclude threads");
    before();
    int answer = fcntl(fd, command, argument);
    int number = errno;
    after();
    errno = number;
    return answer;
}

int __wrap_fcntl(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return file_control(fd, command, argument);
}

int __wrap_fcntl64(int fd, int command, ...)
{
    va_list arguments;
    va_start(arguments, command);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    return file_control(fd, command, argument);
}

int __wrap_lockf(int fd, int command, off_t length)
{
    report("blind it excludes processes by lockf, which does not exclude threads");
    return lockf(fd, command, length);
}

int __wrap_fork(void)
{
    report("blind it forks, and a child does not have the other threads");
    return fork();
}

/* An implementation tells processes apart by their ids, so each thread has one. */
pid_t __wrap_getpid(void) { return (pid_t)syscall(SYS_gettid); }

/* ThreadSanitizer may know these only with CLOCK_REALTIME. */
static struct timespec of_the_day(clockid_t clock, const struct timespec *limit)
{
    struct timespec from, now;
    clock_gettime(clock, &from);
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t rest = (int64_t)(limit->tv_sec - from.tv_sec) * 1000000000 + (limit->tv_nsec - from.tv_nsec);
    int64_t moment = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + (rest > 0 ? rest : 0);
    return (struct timespec){.tv_sec = (time_t)(moment / 1000000000), .tv_nsec = (long)(moment % 1000000000)};
}

#define BY_THE_DAY(name, instead, type)                                          \
    int __wrap_##name(type *object, clockid_t clock, const struct timespec *limit) \
    {                                                                            \
        struct timespec moment = of_the_day(clock, limit);                       \
        return instead(object, &moment);                                         \
    }

BY_THE_DAY(pthread_mutex_clocklock, pthread_mutex_timedlock, pthread_mutex_t)
BY_THE_DAY(pthread_rwlock_clockrdlock, pthread_rwlock_timedrdlock, pthread_rwlock_t)
BY_THE_DAY(pthread_rwlock_clockwrlock, pthread_rwlock_timedwrlock, pthread_rwlock_t)
BY_THE_DAY(sem_clockwait, sem_timedwait, sem_t)
