/* steps.h: workloads whose processes watch each other: locks, reader-writer
 * locks and semaphores. A part of ipckit_shim.c. */

/* A step is repeated count times, with i from 0. */
typedef enum ipckit_error step(struct worker *p, int64_t i);

/* released names the operation in the explanation of a refused release: a refused
 * acquire is the more usual error. */
static enum ipckit_error released(enum ipckit_error error)
{
    if (error != IPCKIT_OK && strncmp(explanation, "release", strlen("release")) != 0) {
        char why[sizeof explanation - sizeof "release: "];
        snprintf(why, sizeof why, "%s", explanation);
        snprintf(explanation, sizeof explanation, why[0] ? "release: %s" : "release", why);
    }
    return error;
}

/* granted repeats an acquire until it is granted. */
static enum ipckit_error granted(struct worker *p, enum ipckit_error (*ask)(void *own, int64_t wait), bool *owner_died)
{
    *owner_died = false;
    for (;;) {
        explanation[0] = '\0';
        enum ipckit_error error = ask(p->object->own, p->request->wait.value);
        if (error == IPCKIT_TIMEOUT) {
            p->refused++;
            sched_yield();
            continue;
        }
        *owner_died = error == IPCKIT_OWNER_DEAD;
        return *owner_died ? IPCKIT_OK : error;
    }
}

static bool record_is(const struct worker *p, uint64_t n)
{
    for (int i = 0; i < RECORD_WORDS; i++)
        if (p->scratch->record[i] != n)
            return false;
    return true;
}

static void set_record(struct worker *p, uint64_t n)
{
    for (int i = 0; i < RECORD_WORDS; i++)
        p->scratch->record[i] = n;
}

/* repair restores what a process left that died while it was inside alone. */
static void repair(struct worker *p)
{
    for (int i = 0; i < PROCESSES; i++) {
        uint64_t alone = ALONE;
        atomic_compare_exchange_strong(&p->scratch->of[i].presence, &alone, OUTSIDE);
    }
    set_record(p, p->scratch->counter);
}

static void nobody_else(struct worker *p, int64_t i)
{
    int n = others_inside(p, BESIDE);
    if (n > 0)
        fault(p, i, "%d others were inside at the same time", n);
}

/* alone is the step of a process that is inside alone. */
static void alone(struct worker *p, int64_t i, bool owner_died)
{
    if (owner_died)
        repair(p);
    atomic_store(&p->own->presence, ALONE);
    nobody_else(p, i);
    uint64_t before = p->scratch->counter;
    if (!record_is(p, before))
        fault(p, i, "the record that the last one inside wrote is not what its counter says, %" PRIu64 "; its first word is %" PRIu64,
            before, p->scratch->record[0]);
    linger(i);
    p->scratch->counter = before + 1;
    set_record(p, before + 1);
    nobody_else(p, i);
    atomic_store(&p->own->presence, OUTSIDE);
}

static enum ipckit_error lock_step(struct worker *p, int64_t i)
{
    bool died;
    enum ipckit_error error = granted(p, ipckit_subject.lock->acquire, &died);
    if (error != IPCKIT_OK)
        return error;
    alone(p, i, died);
    return released(ipckit_subject.lock->release(p->object->own));
}

/* again_step gives the lock up and takes it again at once: a process that waits for
 * it meanwhile is either let in or overtaken. */
static enum ipckit_error again_step(struct worker *p, int64_t i)
{
    bool died;
    enum ipckit_error error = released(ipckit_subject.lock->release(p->object->own));
    if (error != IPCKIT_OK || (error = granted(p, ipckit_subject.lock->acquire, &died)) != IPCKIT_OK)
        return error;
    alone(p, i, died);
    return IPCKIT_OK;
}

static enum ipckit_error write_step(struct worker *p, int64_t i)
{
    bool died;
    enum ipckit_error error = granted(p, ipckit_subject.rwlock->write, &died);
    if (error != IPCKIT_OK)
        return error;
    alone(p, i, died);
    return released(ipckit_subject.rwlock->release(p->object->own));
}

static enum ipckit_error read_step(struct worker *p, int64_t i)
{
    bool died;
    enum ipckit_error error = granted(p, ipckit_subject.rwlock->read, &died);
    if (error != IPCKIT_OK)
        return error;
    atomic_store(&p->own->presence, BESIDE);
    /* The next writer repairs what a dead writer left. */
    for (int look = 0; look < 2 && !died; look++) {
        int writers = others_inside(p, ALONE);
        if (writers > 0)
            fault(p, i, "%d writers were inside at the same time as this reader", writers);
        uint64_t n = p->scratch->counter;
        if (!record_is(p, n) || p->scratch->counter != n)
            fault(p, i, "the record is not what its counter says, %" PRIu64 "; its first word is %" PRIu64, n, p->scratch->record[0]);
        linger(i);
    }
    atomic_store(&p->own->presence, OUTSIDE);
    return released(ipckit_subject.rwlock->release(p->object->own));
}

static enum ipckit_error post_step(struct worker *p, int64_t i)
{
    (void)i;
    atomic_fetch_add(&p->own->posts, 1);
    return ipckit_subject.semaphore->post(p->object->own);
}

static enum ipckit_error wait_step(struct worker *p, int64_t i)
{
    bool died;
    enum ipckit_error error = granted(p, ipckit_subject.semaphore->wait, &died);
    if (error != IPCKIT_OK)
        return error;
    atomic_fetch_add(&p->own->passes, 1);
    uint64_t through = 0, posted = 0, initial = (uint64_t)p->request->initial.value;
    for (int k = 0; k < PROCESSES; k++) /* first: posts that begin later do not count */
        through += atomic_load(&p->scratch->of[k].passes);
    for (int k = 0; k < PROCESSES; k++)
        posted += atomic_load(&p->scratch->of[k].posts);
    if (through > initial + posted)
        fault(p, i, "%" PRIu64 " waits had come through, with %" PRIu64 " at the start and %" PRIu64 " posts begun", through, initial, posted);
    return IPCKIT_OK;
}

static enum ipckit_error permit_step(struct worker *p, int64_t i)
{
    bool died;
    enum ipckit_error error = granted(p, ipckit_subject.semaphore->wait, &died);
    if (error != IPCKIT_OK)
        return error;
    atomic_fetch_add(&p->own->entries, 1);
    atomic_store(&p->own->presence, BESIDE);
    for (int look = 0; look < 2; look++) {
        int n = together(p);
        if (n > p->request->maximum.value)
            fault(p, i, "%d were inside with %" PRId64 " permits", n, p->request->maximum.value);
        linger(i);
    }
    atomic_store(&p->own->presence, OUTSIDE);
    return ipckit_subject.semaphore->post(p->object->own);
}

/* synchronising returns the step of a role at a lock, a reader-writer lock or a
 * semaphore; NULL if there is none. */
static step *synchronising(const struct request *r, const char *family)
{
    static const struct {
        const char *family, *role;
        step *step;
    } roles[] = {
        {"lock", "lock", lock_step}, {"lock", "again", again_step},
        {"rwlock", "read", read_step}, {"rwlock", "write", write_step},
        {"semaphore", "wait", wait_step}, {"semaphore", "post", post_step}, {"semaphore", "semaphore", permit_step},
    };
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (is(roles[i].family, family) && is(roles[i].role, r->role.at))
            return roles[i].step;
    return NULL;
}

/* complete reports whether the implementation has all functions of a family, and
 * the command all fields that a role needs; a step does not check again. */
static enum ipckit_error complete(const struct request *r, const char *family)
{
    const struct ipckit_subject *s = &ipckit_subject;
    if (is(family, "lock") ? s->lock->acquire == NULL || s->lock->release == NULL
        : is(family, "rwlock") ? s->rwlock->read == NULL || s->rwlock->write == NULL || s->rwlock->release == NULL
        : is(family, "semaphore") ? s->semaphore->wait == NULL || s->semaphore->post == NULL
        : false)
        return LACKS_FUNCTION;
    if (is(family, "semaphore") && is(r->role.at, "wait") && !r->initial.given)
        return needs(r, "initial");
    if (is(family, "semaphore") && is(r->role.at, "semaphore") && !r->maximum.given)
        return needs(r, "maximum");
    return IPCKIT_OK;
}
