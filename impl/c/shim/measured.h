/* measured.h: workloads whose steps are timed. A part of ipckit_shim.c. */

static enum ipckit_error stream(struct measurement *m, int64_t *next, int64_t to)
{
    enum ipckit_error error = IPCKIT_OK;
    for (; *next < to; ++*next) {
        write_item(m, &m->sent);
        if ((error = put_item(m, m->out, m->size)) != IPCKIT_OK)
            break;
    }
    return error;
}

static void add_sample(struct measurement *m, int64_t ns)
{
    uint64_t n = to_little(m->samples[0]) + 1;
    m->samples[n] = to_little((uint64_t)ns);
    m->samples[0] = to_little(n);
}

static enum ipckit_error drain(struct measurement *m, int64_t *next, int64_t to)
{
    size_t size;
    for (; *next < to; ++*next) {
        enum ipckit_error error = take_item(m, m->worker.object, *next, &size);
        if (error != IPCKIT_OK)
            return error;
        if (m->each && m->samples != NULL && *next >= m->warm && size >= 8)
            add_sample(m, monotonic() - (int64_t)get_word(m->into));
    }
    return IPCKIT_OK;
}

/* paced puts each item at its intended time, or later if that has passed: the times
 * do not move. A sleep ends late, so the last part of a wait is spent awake. */
static enum ipckit_error paced(struct measurement *m, int64_t *next, int64_t to)
{
    enum { OVERSLEEP = 200000 };
    enum ipckit_error error = IPCKIT_OK;
    if (*next == 0)
        m->sent.time = monotonic() + LEAD;
    for (; *next < to; ++*next) {
        for (int64_t left; (left = m->sent.time - monotonic()) > 0;)
            if (left > 2 * OVERSLEEP) {
                left -= OVERSLEEP;
                nanosleep(&(struct timespec){(time_t)(left / 1000000000), (long)(left % 1000000000)}, NULL);
            }
        write_item(m, &m->sent);
        if ((error = put_item(m, m->out, m->size)) != IPCKIT_OK)
            break;
    }
    return error;
}

static enum ipckit_error trip(struct measurement *m, int64_t *next, int64_t to)
{
    enum ipckit_error error = IPCKIT_OK;
    for (; *next < to; ++*next) {
        size_t size;
        if (m->ping) {
            write_item(m, &m->sent);
            if ((error = put_item(m, m->out, m->size)) != IPCKIT_OK)
                break;
        }
        if ((error = take_item(m, m->back, *next, &size)) != IPCKIT_OK)
            break;
        if (!m->ping && (error = put_item(m, m->into, size)) != IPCKIT_OK)
            break;
    }
    return error;
}

static enum ipckit_error post(struct measurement *m, int64_t i)
{
    atomic_store(&m->worker.own->posts, (uint64_t)i + 1);
    return ipckit_subject.semaphore->post(m->worker.object->own);
}

/* posted: nothing is moved that could be compared, so after each batch a process
 * compares its waits with the posts that the other counted before each of them. */
static enum ipckit_error posted(struct measurement *m, int64_t *next, int64_t to)
{
    enum ipckit_error error = IPCKIT_OK;
    for (; *next < to; ++*next) {
        if (m->ping && (error = post(m, *next)) != IPCKIT_OK)
            return error;
        if ((error = ipckit_subject.semaphore->wait(m->back->own, m->worker.request->wait.value)) != IPCKIT_OK)
            return error;
        if (!m->ping && (error = post(m, *next)) != IPCKIT_OK)
            return error;
    }
    const struct own *other = m->back == m->worker.object ? m->worker.own : &m->worker.scratch->of[1 - m->worker.index];
    uint64_t posts = atomic_load(&other->posts);
    if (posts < (uint64_t)to)
        fault(&m->worker, to > m->warm ? to - 1 - m->warm : 0, "%" PRId64 " waits had come through, with %" PRIu64 " posts begun", to, posts);
    return error;
}

static enum ipckit_error taken(struct measurement *m, int64_t *next, int64_t to)
{
    struct worker *w = &m->worker;
    bool is_lock = is(w->object->family, "lock");
    for (; *next < to; ++*next) {
        int64_t wait = w->request->wait.value;
        enum ipckit_error error = is_lock ? ipckit_subject.lock->acquire(w->object->own, wait)
                                          : ipckit_subject.rwlock->write(w->object->own, wait);
        if (error != IPCKIT_OK && error != IPCKIT_OWNER_DEAD)
            return error;
        w->scratch->counter = w->scratch->counter + 1;
        error = is_lock ? ipckit_subject.lock->release(w->object->own) : ipckit_subject.rwlock->release(w->object->own);
        if (error != IPCKIT_OK)
            return error;
    }
    return IPCKIT_OK;
}

static enum ipckit_error added(struct measurement *m, int64_t *next, int64_t to)
{
    for (uint64_t before; *next < to; ++*next) {
        enum ipckit_error error = ipckit_subject.word->add(m->worker.object->own, m->worker.request->offset.value, 1, &before);
        if (error != IPCKIT_OK)
            return error;
    }
    return IPCKIT_OK;
}

/* seen waits until a word has its next value; from the second step on, it has the
 * previous one until then. */
static enum ipckit_error seen(struct measurement *m, uint64_t want, int64_t i)
{
    for (int looks = 1;; looks++) {
        uint64_t v;
        enum ipckit_error error = load_word(&m->worker, m->worker.request->offset_back.value, &v);
        if (error != IPCKIT_OK || v == want)
            return error;
        if (v != want - 1 && i > 0) {
            fault(&m->worker, i > m->warm ? i - m->warm : 0, "the word held %" PRIu64 ", where it was %" PRIu64 " and becomes %" PRIu64, v, want - 1, want);
            return IPCKIT_OK;
        }
        if (looks % (1 << 14) == 0)
            sched_yield();
    }
}

static enum ipckit_error stored(struct measurement *m, int64_t *next, int64_t to)
{
    const struct worker *w = &m->worker;
    enum ipckit_error error = IPCKIT_OK;
    for (; *next < to; ++*next) {
        uint64_t want = w->request->seed.value + (uint64_t)*next + 1;
        if (m->ping)
            error = ipckit_subject.word->store(w->object->own, w->request->offset.value, want);
        if (error == IPCKIT_OK)
            error = seen(m, want, *next);
        if (error == IPCKIT_OK && !m->ping)
            error = ipckit_subject.word->store(w->object->own, w->request->offset.value, want);
        if (error != IPCKIT_OK)
            break;
    }
    return error;
}

static bool is_measured(const char *role)
{
    static const char *const roles[] = {"ping", "pong", "stream", "drain", "take", "count", "paced", "arrive"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (is(role, roles[i]))
            return true;
    return false;
}

/* prepare_items checks what the command says of items, and allocates them. */
static enum ipckit_error prepare_items(struct measurement *m, const struct request *r)
{
    bool timed = is(r->role.at, "paced") || is(r->role.at, "arrive");
    if (!r->size_min.given || !r->size_max.given || !r->seed.given)
        return needs(r, "size_min, size_max and seed");
    if (r->size_min.value != r->size_max.value || r->size_min.value < 1 || r->size_min.value > MAX_GENERATED)
        return ipckit_fail(IPCKIT_INVALID, "role %s moves items of one size: size_min and size_max must be equal", r->role.at);
    if (timed && !r->every.given)
        return needs(r, "every");
    if (timed && (r->every.value < 1 || r->size_min.value < 16))
        return ipckit_fail(IPCKIT_INVALID, "items with times have 16 bytes or more, 1 ns apart or more");
    m->size = (size_t)r->size_min.value;
    m->most = m->back->item_max > r->size_min.value ? (size_t)m->back->item_max : m->size;
    m->out = allocate(m->size);
    m->into = allocate(m->most);
    memset(m->out, OVERWRITTEN, m->size);
    memset(m->into, OVERWRITTEN, m->most);
    m->sent.mix = m->got.mix = r->seed.value * MIXER;
    m->each = is(r->role.at, "arrive");
    return IPCKIT_OK;
}

/* measured_step finds the steps of the command's role. */
static enum ipckit_error measured_step(struct measurement *m, const struct request *r, stretch **steps)
{
    struct object *o = m->worker.object;
    const char *role = r->role.at;
    bool trips = is(role, "ping") || is(role, "pong");
    enum ipckit_error error;
    m->back = o;
    m->ping = is(role, "ping");
    if (r->back.at != NULL && (error = held(&(struct request){.op = r->op, .object = r->back}, o->family, &m->back)) != IPCKIT_OK)
        return error;
    if (is(o->family, "region")) {
        const struct ipckit_word *f = ipckit_subject.word;
        if (f == NULL || f->load == NULL || f->store == NULL || f->add == NULL)
            return lacks("the implementation leaves out atomic words, or some of their functions");
        if (!r->offset.given || (trips && !r->offset_back.given))
            return needs(r, trips ? "offset and offset_back" : "offset");
        *steps = trips ? stored : is(role, "count") ? added : NULL;
    } else if (o->queue != NULL) {
        if (o->queue->put == NULL || o->queue->get == NULL)
            return LACKS_FUNCTION;
        *steps = trips ? trip : is(role, "stream") ? stream : is(role, "paced") ? paced
            : is(role, "drain") || is(role, "arrive") ? drain : NULL;
        return *steps != NULL ? prepare_items(m, r) : IPCKIT_OK;
    } else if ((error = complete(r, o->family)) != IPCKIT_OK) {
        return error;
    } else if (is(o->family, "semaphore")) {
        *steps = trips ? posted : NULL;
        if (trips && r->index.given && r->index.value > 1)
            return ipckit_fail(IPCKIT_INVALID, "role %s has processes 0 and 1", role);
    } else if (is(o->family, "lock") || is(o->family, "rwlock")) {
        *steps = is(role, "take") ? taken : NULL;
    }
    if (*steps == NULL || *steps == stored)
        return IPCKIT_OK;
    m->processes = r->maximum.given && *steps != posted ? (uint64_t)r->maximum.value : 0;
    return map_scratch(&m->worker);
}

/* map_samples maps the file of samples, and touches all of it. */
static enum ipckit_error map_samples(struct measurement *m, const struct request *r)
{
    struct stat status;
    if (r->samples.at == NULL)
        return IPCKIT_OK;
    int fd = open(r->samples.at, O_RDWR | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) < 0 || status.st_size < 8) {
        if (fd >= 0)
            close(fd);
        return ipckit_fail(IPCKIT_INVALID, "samples: %s is no file of samples: the kit makes them", r->samples.at);
    }
    m->bytes = (size_t)status.st_size;
    void *base = mmap(NULL, m->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (base == MAP_FAILED)
        return ipckit_errno("mmap of the samples");
    m->samples = base;
    m->room = m->bytes / 8 - 1;
    memset(base, 0, m->bytes);
    int64_t n = m->each ? r->count.value : r->count.value / m->batch;
    if (r->count.value % m->batch != 0 || (uint64_t)n > m->room)
        return ipckit_fail(IPCKIT_INVALID, "%" PRId64 " steps in batches of %" PRId64 ", with room for %zu samples: count must be a multiple of batch, "
            "and the samples must have room", r->count.value, m->batch, m->room);
    return IPCKIT_OK;
}

static uint64_t sum_of(const struct measurement *m, bool ready)
{
    uint64_t n = 0;
    for (int i = 0; i < PROCESSES; i++)
        n += ready ? atomic_load(&m->worker.scratch->of[i].ready) : atomic_load(&m->worker.scratch->of[i].ended);
    return n;
}

/* advance carries out one batch, or what is left of the steps. */
static enum ipckit_error advance(struct measurement *m, stretch *steps, int64_t *next, int64_t end)
{
    int64_t from = *next;
    enum ipckit_error error = steps(m, next, m->batch < end - from ? from + m->batch : end);
    atomic_fetch_add(&finished, (uint64_t)(*next - from));
    return error;
}

/* run_measured carries out the steps. A lock or a word has several processes: they
 * begin together, and those that have done their steps go on until all have, so that
 * the last ones do not have it easier. */
static enum ipckit_error run_measured(struct measurement *m, stretch *steps, struct text *out)
{
    struct worker *w = &m->worker;
    enum ipckit_error error = IPCKIT_OK;
    int64_t next = 0, end = m->warm + w->request->count.value;
    explanation[0] = '\0';
    if (m->processes > 0)
        for (atomic_store(&w->own->ready, 1); sum_of(m, true) < m->processes;)
            sched_yield();
    while (next < m->warm && error == IPCKIT_OK)
        error = advance(m, steps, &next, m->warm);
    if (error == IPCKIT_OK)
        mark(MARK_BEGIN);
    bool marked = error == IPCKIT_OK;
    for (int64_t since = monotonic(); next < end && error == IPCKIT_OK;) {
        error = advance(m, steps, &next, end);
        int64_t now = monotonic();
        if (m->samples != NULL && !m->each && error == IPCKIT_OK)
            add_sample(m, now - since);
        since = now;
    }
    if (marked)
        mark(MARK_END);
    print(out, ",\"done\":%" PRId64, next > m->warm ? next - m->warm : 0);
    if (m->processes > 0)
        for (atomic_store(&w->own->ended, 1); error == IPCKIT_OK && sum_of(m, false) < m->processes;)
            error = steps(m, &next, next + 1);
    if (w->own != NULL)
        atomic_store(&w->own->passes, (uint64_t)next);
    return error;
}

static enum ipckit_error measure(const struct request *r, struct object *o, struct text *out)
{
    struct measurement m = {.worker = {.request = r, .object = o}};
    stretch *steps = NULL;
    m.warm = r->warm.given ? r->warm.value : 0;
    m.batch = r->batch.given ? r->batch.value : 1000;
    if (!r->count.given || r->count.value < 0 || m.warm < 0 || m.batch < 1)
        return ipckit_fail(IPCKIT_INVALID, "%" PRId64 " steps in batches of %" PRId64 " after %" PRId64 " steps make no sense", r->count.value, m.batch, m.warm);
    enum ipckit_error error = measured_step(&m, r, &steps);
    if (error == IPCKIT_OK && steps == NULL)
        error = ipckit_fail(IPCKIT_INVALID, "role %s does not fit a %s", r->role.at, o->family);
    if (error == IPCKIT_OK)
        error = map_samples(&m, r);
    if (error == IPCKIT_OK) {
        error = run_measured(&m, steps, out);
        report_faults(&m.worker, out);
    }
    if (m.samples != NULL)
        munmap(m.samples, m.bytes);
    if (m.worker.scratch != NULL)
        unmap_scratch(&m.worker);
    free(m.out);
    free(m.into);
    return error;
}
