/* scratch.h: the kit's own shared memory beside the implementation's. A part of ipckit_shim.c. */

/* The processes of a workload record here where they are: see the field scratch in
 * protocol.schema.json for the layout. Counter and record belong to the process
 * that is inside alone. They are no atomics on purpose: accesses that the
 * implementation's lock does not order have visible effects. */
enum { PROCESSES = 32, RECORD_WORDS = 8, MARKS_AT = 4096 };
enum presence { OUTSIDE, BESIDE, ALONE };

/* The words of one process. Only that process writes them; after its death also the
 * process that repairs what it left. */
struct own {
    _Atomic uint64_t presence, passes, posts, published, ready, entries;
    _Atomic uint64_t began, ended; /* items: counted before each call, and after it if the item was right */
};

struct scratch {
    volatile uint64_t counter;
    uint64_t unused[7];
    volatile uint64_t record[RECORD_WORDS];
    uint64_t unused_too[48];
    struct own of[PROCESSES];
    uint64_t rest[192];
    volatile unsigned char marks[]; /* the rest of the file */
};

_Static_assert(offsetof(struct scratch, of) == 64 * 8, "words of processes");
_Static_assert(offsetof(struct scratch, marks) == MARKS_AT, "marks");

/* A worker is one process of a workload whose processes watch each other. */
struct worker {
    const struct request *request;
    struct object *object;
    struct scratch *scratch;
    struct own *own;
    int64_t index, marks;

    int64_t wrong, wrong_at, refused;
    char wrong_text[256];
};

static enum ipckit_error map_scratch(struct worker *p)
{
    const struct request *r = p->request;
    struct stat status;
    if (r->scratch.at == NULL || !r->index.given)
        return needs(r, "scratch and index");
    if (r->index.value < 0 || r->index.value >= PROCESSES)
        return ipckit_fail(IPCKIT_INVALID, "process %" PRId64 ": want an index of 0 to %d", r->index.value, PROCESSES - 1);
    int fd = open(r->scratch.at, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return ipckit_fail(IPCKIT_INVALID, "scratch: %s: %s", r->scratch.at, strerror(errno));
    if (fstat(fd, &status) < 0 || status.st_size < MARKS_AT) {
        close(fd);
        return ipckit_fail(IPCKIT_INVALID, "scratch: %s is no scratch file: the kit makes them", r->scratch.at);
    }
    void *base = mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (base == MAP_FAILED)
        return ipckit_errno("mmap of the scratch file");
    p->scratch = base;
    p->index = r->index.value;
    p->own = &p->scratch->of[p->index];
    p->marks = (int64_t)status.st_size - MARKS_AT;
    return IPCKIT_OK;
}

static void unmap_scratch(struct worker *p) { munmap(p->scratch, (size_t)(p->marks + MARKS_AT)); }

/* fault records that step i saw something wrong. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void fault(struct worker *p, int64_t i, const char *format, ...)
{
    if (p->wrong++ > 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(p->wrong_text, sizeof p->wrong_text, format, arguments);
    va_end(arguments);
    p->wrong_at = i;
}

/* others_inside counts the other processes whose presence is at least presence. */
static int others_inside(const struct worker *p, enum presence presence)
{
    int n = 0;
    for (int i = 0; i < PROCESSES; i++)
        n += i != p->index && atomic_load(&p->scratch->of[i].presence) >= (uint64_t)presence;
    return n;
}

/* together counts processes that were inside at the same time. Processes that are
 * found inside twice and have not entered in between were all inside between the
 * two looks. A single look could count one that had left before another entered. */
static int together(const struct worker *p)
{
    uint64_t entries[PROCESSES];
    bool inside[PROCESSES];
    int n = 0;
    for (int i = 0; i < PROCESSES; i++) {
        entries[i] = atomic_load(&p->scratch->of[i].entries);
        inside[i] = atomic_load(&p->scratch->of[i].presence) != OUTSIDE;
    }
    for (int i = 0; i < PROCESSES; i++)
        n += inside[i] && atomic_load(&p->scratch->of[i].presence) != OUTSIDE
            && atomic_load(&p->scratch->of[i].entries) == entries[i];
    return n;
}

/* linger stays inside for a moment, long enough for another process to enter if it
 * can. Now and then it yields or sleeps, so that the other can run even if
 * processors are few or busy. */
static void linger(int64_t i)
{
    if (i % 32 == 31)
        nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
    else if (i % 4 == 3)
        sched_yield();
    else
        for (volatile int n = 0; n < 500; n++)
            ;
}
