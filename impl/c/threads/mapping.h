/*
 * mapping.h: one mapping for all threads. A part of ipckit_threads.c. The linker
 * redirects the library's calls to here (--wrap).
 */

enum { MOST_MAPPINGS = 64 };

static struct mapping {
    dev_t device; /* 0: a segment of shmget, whose id is inode */
    ino_t inode;
    off_t offset;
    void *base;
    size_t length;
    int users;
} mappings[MOST_MAPPINGS];

static pthread_mutex_t mapping_mutex = PTHREAD_MUTEX_INITIALIZER;

/* shared reports where memory is shared: races elsewhere are not between
 * processes. */
static void shared(const void *base, size_t length, const char *what)
{
    report("shared %p %zu %s", base, length, what);
}

static struct mapping *mapping_of(dev_t device, ino_t inode, off_t offset)
{
    for (struct mapping *m = mappings; m < mappings + MOST_MAPPINGS; m++)
        if (m->users > 0 && m->device == device && m->inode == inode && m->offset == offset)
            return m;
    return NULL;
}

static struct mapping *mapping_at(const void *base)
{
    for (struct mapping *m = mappings; m < mappings + MOST_MAPPINGS; m++)
        if (m->users > 0 && m->base == base)
            return m;
    return NULL;
}

static void keep(struct mapping m)
{
    for (struct mapping *free = mappings; free < mappings + MOST_MAPPINGS; free++)
        if (free->users == 0) {
            *free = m;
            shared(m.base, m.length, "memory");
            return;
        }
    die("more mappings at a time than the kit follows");
}

void *__wrap_mmap(void *hint, size_t length, int protection, int flags, int fd, off_t offset)
{
    struct stat status;
    if ((flags & MAP_SHARED) == 0 || (flags & (MAP_FIXED | MAP_ANONYMOUS)) != 0 || fd < 0 || fstat(fd, &status) < 0)
        return mmap(hint, length, protection, flags, fd, offset);
    pthread_mutex_lock(&mapping_mutex);
    struct mapping *m = mapping_of(status.st_dev, status.st_ino, offset);
    void *base;
    if (m != NULL && m->length >= length) {
        m->users++;
        base = m->base;
    } else {
        if (m != NULL)
            report("blind it maps the same object in two sizes, hence at two addresses");
        base = mmap(hint, length, protection, flags, fd, offset);
        if (base != MAP_FAILED)
            keep((struct mapping){status.st_dev, status.st_ino, offset, base, length, 1});
    }
    pthread_mutex_unlock(&mapping_mutex);
    return base;
}

void *__wrap_mmap64(void *hint, size_t length, int protection, int flags, int fd, off_t offset)
{
    return __wrap_mmap(hint, length, protection, flags, fd, offset);
}

int __wrap_munmap(void *base, size_t length)
{
    pthread_mutex_lock(&mapping_mutex);
    struct mapping *m = mapping_at(base);
    int result = m == NULL || --m->users == 0 ? munmap(base, m == NULL ? length : m->length) : 0;
    pthread_mutex_unlock(&mapping_mutex);
    return result;
}

void *__wrap_shmat(int id, const void *hint, int flags)
{
    pthread_mutex_lock(&mapping_mutex);
    struct mapping *m = mapping_of(0, (ino_t)id, 0);
    void *base;
    if (m != NULL) {
        m->users++;
        base = m->base;
    } else {
        struct shmid_ds status;
        base = shmat(id, hint, flags);
        if (base != (void *)-1 && shmctl(id, IPC_STAT, &status) == 0)
            keep((struct mapping){0, (ino_t)id, 0, base, status.shm_segsz, 1});
    }
    pthread_mutex_unlock(&mapping_mutex);
    return base;
}

int __wrap_shmdt(const void *base)
{
    pthread_mutex_lock(&mapping_mutex);
    struct mapping *m = mapping_at(base);
    int result = m == NULL || --m->users == 0 ? shmdt(base) : 0;
    pthread_mutex_unlock(&mapping_mutex);
    return result;
}
