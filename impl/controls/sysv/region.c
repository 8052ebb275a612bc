/* Regions: shmget, shmat, shmctl. */
#include "key.h"

#include <stdlib.h>
#include <sys/shm.h>

struct region {
    void *base;
    int64_t size;
};

static enum ipckit_error attach(int id, bool read_only, void **region)
{
    struct shmid_ds status;
    struct region *r = malloc(sizeof *r);
    if (r == NULL)
        return ipckit_errno("malloc");
    r->base = shmat(id, NULL, read_only ? SHM_RDONLY : 0);
    if (r->base == (void *)-1 || shmctl(id, IPC_STAT, &status) < 0) {
        enum ipckit_error error = ipckit_errno("shmat");
        if (r->base != (void *)-1)
            shmdt(r->base);
        free(r);
        return error;
    }
    r->size = (int64_t)status.shm_segsz;
    *region = r;
    return IPCKIT_OK;
}

static enum ipckit_error region_create(const char *name, int64_t size, void **region)
{
    key_t key;
    if (size <= 0 || size > PTRDIFF_MAX / 2)
        return ipckit_fail(IPCKIT_INVALID, "a region of %lld bytes", (long long)size);
    enum ipckit_error error = key_of(name, &key);
    if (error != IPCKIT_OK)
        return error;
    int id = shmget(key, (size_t)size, IPC_CREAT | IPC_EXCL | 0600);
    if (id < 0)
        return ipckit_errno("shmget");
    if ((error = attach(id, false, region)) != IPCKIT_OK)
        shmctl(id, IPC_RMID, NULL);
    return error;
}

static enum ipckit_error region_open(const char *name, bool read_only, void **region)
{
    key_t key;
    enum ipckit_error error = key_of(name, &key);
    if (error != IPCKIT_OK)
        return error;
    int id = shmget(key, 0, 0);
    return id < 0 ? ipckit_errno("shmget") : attach(id, read_only, region);
}

static int64_t region_size(void *region) { return ((struct region *)region)->size; }

static void *region_map(void *region) { return ((struct region *)region)->base; }

static enum ipckit_error region_detach(void *region)
{
    struct region *r = region;
    enum ipckit_error error = shmdt(r->base) < 0 ? ipckit_errno("shmdt") : IPCKIT_OK;
    free(r);
    return error;
}

static enum ipckit_error region_unlink(const char *name)
{
    key_t key;
    enum ipckit_error error = key_of(name, &key);
    if (error != IPCKIT_OK)
        return error;
    int id = shmget(key, 0, 0);
    return id < 0 || shmctl(id, IPC_RMID, NULL) < 0 ? ipckit_errno("shmctl") : IPCKIT_OK;
}

static const struct ipckit_region region = {
    .create = region_create,
    .open = region_open,
    .size = region_size,
    .map = region_map,
    .detach = region_detach,
    .unlink = region_unlink,
};

const struct ipckit_subject ipckit_subject = {.region = &region, .semaphore = &semaphore, .mailbox = &queue};
