#include "shared.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static enum ipckit_error map(int fd, size_t size, struct shared *s)
{
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED)
        return ipckit_errno("mmap");
    *s = (struct shared){base, size};
    return IPCKIT_OK;
}

enum ipckit_error shared_create(const char *name, size_t size, struct shared *s)
{
    if (size == 0 || size > PTRDIFF_MAX / 2)
        return ipckit_fail(IPCKIT_INVALID, "no object can have that size");
    int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return ipckit_errno("shm_open");
    int failure = posix_fallocate(fd, 0, (off_t)size); /* takes the memory now: no SIGBUS later */
    errno = failure;
    enum ipckit_error error = failure != 0 ? ipckit_errno("posix_fallocate") : map(fd, size, s);
    close(fd);
    if (error != IPCKIT_OK)
        shm_unlink(name);
    return error;
}

void shared_complete(struct shared *s, uint32_t kind) { atomic_store(&s->head->complete, kind); }

enum ipckit_error shared_open(const char *name, uint32_t kind, struct shared *s)
{
    int fd = shm_open(name, O_RDWR, 0);
    if (fd < 0)
        return ipckit_errno("shm_open");
    struct stat status;
    enum ipckit_error error = IPCKIT_OK;
    if (fstat(fd, &status) < 0)
        error = ipckit_errno("fstat");
    else if ((size_t)status.st_size < sizeof(struct head))
        error = ipckit_fail(IPCKIT_NOT_FOUND, "%s is being created", name);
    else
        error = map(fd, (size_t)status.st_size, s);
    close(fd);
    if (error != IPCKIT_OK || atomic_load(&s->head->complete) == kind)
        return error;
    shared_detach(s);
    return ipckit_fail(IPCKIT_NOT_FOUND, "%s is being created, or is another kind of object", name);
}

enum ipckit_error shared_detach(struct shared *s)
{
    return munmap(s->head, s->size) < 0 ? ipckit_errno("munmap") : IPCKIT_OK;
}

enum ipckit_error shared_unlink(const char *name)
{
    return shm_unlink(name) < 0 ? ipckit_errno("shm_unlink") : IPCKIT_OK;
}

struct timespec deadline(int64_t milliseconds)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_sec += (time_t)(milliseconds / 1000);
    t.tv_nsec += (long)(milliseconds % 1000) * 1000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    return t;
}

bool earlier(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

bool past(const struct timespec *moment)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return !earlier(&t, moment);
}
