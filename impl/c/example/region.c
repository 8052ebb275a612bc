/*
 * Regions over POSIX shared memory.
 *
 * A region is an object of shm_open(3) of the size that was asked for. Between
 * shm_open and the call that sets its size it exists with size 0: an open then
 * returns NOT_FOUND.
 */
#include "families.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* attach maps an object of shm_open, and closes the descriptor in any case. */
static enum ipckit_error attach(int fd, size_t size, bool read_only, void **handle)
{
    struct region *r = malloc(sizeof *r);
    if (r == NULL) {
        close(fd);
        return ipckit_errno("malloc");
    }
    int protection = read_only ? PROT_READ : PROT_READ | PROT_WRITE;
    void *base = mmap(NULL, size, protection, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED) {
        enum ipckit_error error = ipckit_errno("mmap");
        close(fd);
        free(r);
        return error;
    }
    close(fd); /* the mapping keeps the object */
    *r = (struct region){base, size, read_only};
    *handle = r;
    return IPCKIT_OK;
}

static enum ipckit_error region_create(const char *name, int64_t size, void **handle)
{
    if (size <= 0 || size > PTRDIFF_MAX / 2)
        return ipckit_fail(IPCKIT_INVALID, "a region of %lld bytes", (long long)size);
    int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, S_IRUSR | S_IWUSR);
    if (fd < 0)
        return ipckit_errno("shm_open");

    /* Unlike ftruncate this takes the memory now: if there is too little, this
     * call fails, and no later access ends by SIGBUS. The size changes in one
     * step. */
    enum ipckit_error error;
    int failure = posix_fallocate(fd, 0, (off_t)size);
    if (failure != 0) {
        errno = failure;
        error = ipckit_errno("posix_fallocate");
        close(fd);
    } else {
        error = attach(fd, (size_t)size, false, handle);
    }
    if (error != IPCKIT_OK)
        shm_unlink(name);
    return error;
}

static enum ipckit_error region_open(const char *name, bool read_only, void **handle)
{
    int fd = shm_open(name, read_only ? O_RDONLY : O_RDWR, 0);
    if (fd < 0)
        return ipckit_errno("shm_open");
    struct stat status;
    if (fstat(fd, &status) < 0) {
        enum ipckit_error error = ipckit_errno("fstat");
        close(fd);
        return error;
    }
    if (status.st_size == 0) {
        close(fd);
        return ipckit_fail(IPCKIT_NOT_FOUND, "%s is being created", name);
    }
    return attach(fd, (size_t)status.st_size, read_only, handle);
}

static int64_t region_size(void *handle)
{
    struct region *r = handle;
    return (int64_t)r->size;
}

/* inside reports whether n bytes from offset lie in the region. It subtracts,
 * because a sum could wrap. */
static bool inside(const struct region *r, int64_t offset, size_t n)
{
    return offset >= 0 && (uint64_t)offset <= r->size && n <= r->size - (size_t)offset;
}

static enum ipckit_error outside(const struct region *r, int64_t offset, size_t n)
{
    return ipckit_fail(IPCKIT_INVALID, "%zu bytes at %lld of a region of %zu", n, (long long)offset, r->size);
}

static enum ipckit_error region_read(void *handle, int64_t offset, void *into, size_t n)
{
    struct region *r = handle;
    if (!inside(r, offset, n))
        return outside(r, offset, n);
    memcpy(into, r->base + offset, n);
    return IPCKIT_OK;
}

static enum ipckit_error region_write(void *handle, int64_t offset, const void *from, size_t n)
{
    struct region *r = handle;
    if (r->read_only)
        return ipckit_fail(IPCKIT_PERMISSION, "the region was opened read-only");
    if (!inside(r, offset, n))
        return outside(r, offset, n);
    memcpy(r->base + offset, from, n);
    return IPCKIT_OK;
}

static enum ipckit_error region_detach(void *handle)
{
    struct region *r = handle;
    enum ipckit_error error = munmap(r->base, r->size) < 0 ? ipckit_errno("munmap") : IPCKIT_OK;
    free(r);
    return error;
}

static enum ipckit_error region_unlink(const char *name)
{
    return shm_unlink(name) < 0 ? ipckit_errno("shm_unlink") : IPCKIT_OK;
}

const struct ipckit_region region = {
    .create = region_create,
    .open = region_open,
    .size = region_size,
    .read = region_read,
    .write = region_write,
    .detach = region_detach,
    .unlink = region_unlink,
};
