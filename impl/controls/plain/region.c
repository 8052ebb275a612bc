/*
 * A region of POSIX shared memory, as the manual pages show it: shm_open,
 * ftruncate, mmap. Processes use the mapped memory directly, so nothing can refuse
 * an access.
 */
#include "ipckit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct region {
    void *base;
    size_t size;
};

/* map maps the object and closes the descriptor, which is not needed then. */
static enum ipckit_error map(int fd, off_t size, int protection, void **handle)
{
    struct region *r = malloc(sizeof *r);
    if (r == NULL) {
        close(fd);
        return IPCKIT_NO_SPACE;
    }
    r->size = (size_t)size;
    r->base = mmap(NULL, r->size, protection, MAP_SHARED, fd, 0);
    enum ipckit_error error = r->base == MAP_FAILED ? ipckit_errno("mmap") : IPCKIT_OK;
    close(fd);
    if (error != IPCKIT_OK) {
        free(r);
        return error;
    }
    *handle = r;
    return IPCKIT_OK;
}

static enum ipckit_error region_create(const char *name, int64_t size, void **handle)
{
    int fd = shm_open(name, O_CREAT | O_EXCL | O_RDWR, S_IRUSR | S_IWUSR);
    if (fd == -1)
        return ipckit_errno("shm_open");
    enum ipckit_error error;
    if (ftruncate(fd, size) == -1) {
        error = ipckit_errno("ftruncate");
        close(fd);
    } else {
        error = map(fd, size, PROT_READ | PROT_WRITE, handle);
    }
    if (error != IPCKIT_OK) /* only mmap refuses a size of 0 */
        shm_unlink(name);
    return error;
}

static enum ipckit_error region_open(const char *name, bool read_only, void **handle)
{
    int fd = shm_open(name, read_only ? O_RDONLY : O_RDWR, 0);
    if (fd == -1)
        return ipckit_errno("shm_open");
    struct stat status;
    if (fstat(fd, &status) == -1) {
        enum ipckit_error error = ipckit_errno("fstat");
        close(fd);
        return error;
    }
    return map(fd, status.st_size, read_only ? PROT_READ : PROT_READ | PROT_WRITE, handle);
}

static int64_t region_size(void *handle) { return (int64_t)((struct region *)handle)->size; }

static void *region_map(void *handle) { return ((struct region *)handle)->base; }

static enum ipckit_error region_detach(void *handle)
{
    struct region *r = handle;
    enum ipckit_error error = munmap(r->base, r->size) == -1 ? ipckit_errno("munmap") : IPCKIT_OK;
    free(r);
    return error;
}

static enum ipckit_error region_unlink(const char *name)
{
    return shm_unlink(name) == -1 ? ipckit_errno("shm_unlink") : IPCKIT_OK;
}

static const struct ipckit_region plain = {
    .create = region_create,
    .open = region_open,
    .size = region_size,
    .map = region_map,
    .detach = region_detach,
    .unlink = region_unlink,
};

const struct ipckit_subject ipckit_subject = {.name = "plain", .region = &plain};
