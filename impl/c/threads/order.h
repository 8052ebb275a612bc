/*
 * order.h: what orders threads and ThreadSanitizer does not know of. A part of
 * ipckit_threads.c. The linker leads the library's calls here (--wrap).
 *
 * Where it is not known what exactly a call orders, it is taken to order
 * everything before it against everything after a later such call: then a race
 * may be missed, and none is reported that is none.
 */
#include <mqueue.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/file.h>
#include <sys/msg.h>
#include <sys/sem.h>

void __tsan_acquire(void *);
void __tsan_release(void *);

static char everything; /* its address stands for all that is ordered */

static void before(void) { __tsan_release(&everything); }
static void after(void) { __tsan_acquire(&everything); }

/* Fences order nothing to ThreadSanitizer. */
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

/* Record locks are a process's: threads do not keep each other out by them. */
static int file_control(int fd, int command, void *argument)
{
    if (command == F_SETLK || command == F_SETLKW)
        tell("blind it keeps processes apart by record locks of fcntl, which do not keep threads apart");
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
    tell("blind it keeps processes apart by lockf, which does not keep threads apart");
    return lockf(fd, command, length);
}

int __wrap_fork(void)
{
    tell("blind it forks, and a child has none of the other threads");
    return fork();
}

/* Who asks for its process id wants to know itself from others. */
pid_t __wrap_getpid(void) { return (pid_t)syscall(SYS_gettid); }

/* ThreadSanitizer may know these with the clock of the day alone. */
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
