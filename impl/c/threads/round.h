/* round.h: one object, and the threads that use it. A part of ipckit_threads.c. */

enum { MOST_THREADS = 5, MOST_ITEM = 256 };

static const struct ipckit_subject *subjects[MOST_THREADS]; /* one for each thread, the creator's first */

/* The parameters of a round. Of its two sides the first makes or writes, the second
 * takes or reads. */
struct shape {
    char family[32];
    long long capacity, item_min, item_max;
    int sides[2];
};

struct round {
    struct shape shape;
    int steps;
    char name[64];
    const struct family *family;
};

struct worker {
    const struct round *round;
    const struct ipckit_subject *subject;
    int index; /* within its side */
    int side;
    int steps;
    pthread_t thread;
};

/* A family says how objects of one kind are made and used. */
struct family {
    const char *name;
    bool (*has)(const struct ipckit_subject *s);
    enum ipckit_error (*create)(const struct ipckit_subject *s, const struct round *r, void **handle);
    enum ipckit_error (*open)(const struct ipckit_subject *s, const struct round *r, void **handle);
    enum ipckit_error (*step)(struct worker *w, void *handle, int n);
    enum ipckit_error (*detach)(const struct ipckit_subject *s, void *handle);
    enum ipckit_error (*unlink)(const struct ipckit_subject *s, const char *name);
};

/* What locks guard: ordinary memory, whose accesses they must order. */
static struct {
    long count;
} guarded;

static const struct family *family_of(const char *name);

static pthread_barrier_t start;

static void *work(void *argument)
{
    struct worker *w = argument;
    const struct family *f = w->round->family;
    void *handle = NULL;
    enum ipckit_error error = f->open(w->subject, w->round, &handle);
    pthread_barrier_wait(&start); /* no thread ends before the last has begun */
    for (int n = 0; n < w->steps && error == IPCKIT_OK; n++)
        error = f->step(w, handle, n);
    if (error != IPCKIT_OK) {
        report("refused %d", (int)error);
        report("end");
        _exit(0); /* the other threads may wait for this one */
    }
    f->detach(w->subject, handle);
    return NULL;
}

/* play runs the round that an argument describes. */
static void play(const char *word, int steps, int threads)
{
    static int rounds;
    static struct worker workers[MOST_THREADS];
    struct round r = {.steps = steps};
    struct shape *s = &r.shape;
    if (sscanf(word, "%31[^,],%lld,%lld,%lld,%d,%d", s->family, &s->capacity, &s->item_min, &s->item_max, &s->sides[0], &s->sides[1]) != 6)
        die("a round that cannot be read");
    int all = s->sides[0] + s->sides[1];
    if (s->item_max > MOST_ITEM || all < 2 || all > threads)
        die("a round that is too large");
    r.family = family_of(s->family);
    snprintf(r.name, sizeof r.name, "/ipckit-threads-%d-%d", (int)getpid(), ++rounds);
    report("round %s", s->family);
    if (!r.family->has(subjects[0]))
        return report("absent");
    shared(&guarded, sizeof guarded, "what is guarded");
    void *handle = NULL;
    if (r.family->create(subjects[0], &r, &handle) != IPCKIT_OK)
        return report("refused to create it");
    pthread_barrier_init(&start, NULL, (unsigned)all);
    for (int i = 0; i < all; i++) {
        int side = i < s->sides[0] ? 0 : 1;
        /* As many items are taken as are made. */
        int own = side == 0 ? steps : steps * s->sides[0] / s->sides[1];
        workers[i] = (struct worker){.round = &r, .subject = subjects[i + 1], .index = side == 0 ? i : i - s->sides[0], .side = side, .steps = own};
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            die("no thread can be started");
    }
    for (int i = 0; i < all; i++)
        pthread_join(workers[i].thread, NULL);
    pthread_barrier_destroy(&start);
    r.family->detach(subjects[0], handle);
    r.family->unlink(subjects[0], r.name);
}
