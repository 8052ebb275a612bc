#include "ipckit.h"

#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { SIZE = 4096, SLOTS = 8 };

static int opened; /* of each process its own: no race */

static enum ipckit_error map(const char *name, int flags, void **memory)
{
    int fd = shm_open(name, flags, 0600);
    if (fd < 0)
        return ipckit_errno("shm_open");
    if ((flags & O_CREAT) != 0 && ftruncate(fd, SIZE) < 0)
        return ipckit_errno("ftruncate");
    *memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    opened++;
    return *memory == MAP_FAILED ? ipckit_errno("mmap") : IPCKIT_OK;
}

static enum ipckit_error detach(void *memory) { return munmap(memory, SIZE) < 0 ? IPCKIT_IO : IPCKIT_OK; }

static enum ipckit_error remove_name(const char *name) { return shm_unlink(name) < 0 ? ipckit_errno("shm_unlink") : IPCKIT_OK; }

/* --- Words --- */

static enum ipckit_error create(const char *name, int64_t size, void **r) { return size > SIZE ? IPCKIT_INVALID : map(name, O_CREAT | O_EXCL | O_RDWR, r); }

static enum ipckit_error attach(const char *name, bool read_only, void **r) { return (void)read_only, map(name, O_RDWR, r); }

static uint64_t *at(void *r, int64_t offset) { return (uint64_t *)((char *)r + offset); }

static enum ipckit_error load(void *r, int64_t offset, uint64_t *value) { return *value = *at(r, offset), IPCKIT_OK; }

static enum ipckit_error store(void *r, int64_t offset, uint64_t value) { return *at(r, offset) = value, IPCKIT_OK; }

static enum ipckit_error add(void *r, int64_t offset, uint64_t delta, uint64_t *before)
{
    *before = *at(r, offset);
    *at(r, offset) += delta; /* count++ */
    return IPCKIT_OK;
}

static enum ipckit_error swap(void *r, int64_t offset, uint64_t expected, uint64_t value, uint64_t *held, bool *swapped)
{
    *held = expected;
    *swapped = __atomic_compare_exchange_n(at(r, offset), held, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    return IPCKIT_OK;
}

/* --- The ring --- */

struct ring {
    volatile int in, out;
    uint64_t item[SLOTS];
};

static enum ipckit_error make(const char *name, const struct ipckit_shape *shape, void **r)
{
    return shape->capacity != SLOTS ? IPCKIT_INVALID : map(name, O_CREAT | O_EXCL | O_RDWR, r);
}

static enum ipckit_error find(const char *name, void **r) { return map(name, O_RDWR, r); }

static enum ipckit_error put(void *handle, const void *item, size_t size, int64_t wait)
{
    struct ring *r = handle;
    while (r->in - r->out == SLOTS) {
        if (wait == IPCKIT_NEVER)
            return IPCKIT_FULL;
        sched_yield();
    }
    r->in++; /* published before its data */
    memcpy(&r->item[(r->in - 1) % SLOTS], item, size);
    return IPCKIT_OK;
}

static enum ipckit_error get(void *handle, void *into, size_t room, size_t *size, int64_t wait)
{
    struct ring *r = handle;
    (void)room;
    while (r->in == r->out) {
        if (wait == IPCKIT_NEVER)
            return IPCKIT_EMPTY;
        sched_yield();
    }
    memcpy(into, &r->item[r->out % SLOTS], *size = sizeof r->item[0]);
    r->out++;
    return IPCKIT_OK;
}

static int64_t size_of(void *r) { return (void)r, SIZE; }

static void *map_of(void *r) { return r; }

static const struct ipckit_region region = {.create = create, .open = attach, .size = size_of, .map = map_of, .detach = detach, .unlink = remove_name};
static const struct ipckit_word word = {.load = load, .store = store, .add = add, .compare_and_swap = swap};
static const struct ipckit_buffer ring = {.create = make, .open = find, .put = put, .get = get, .detach = detach, .unlink = remove_name};

const struct ipckit_subject ipckit_subject = {.region = &region, .word = &word, .one_to_one = &ring};
