/* recorded.h: workloads whose operations are recorded, each with its times. A
 * checker judges them later. A part of ipckit_shim.c. */

/* A recording is the state of one such workload. */
struct recording {
    const struct request *request;
    struct object *object;
    struct recorder to;
    struct load load;
    uint64_t random, expected;
    int64_t wait, tries, think; /* tries: percentage of operations that do not wait; think: the longest pause, ns */
    int64_t count, done, next;  /* steps that must take effect, and that have; the number of the next item */
    unsigned char *bytes;       /* of an item or a record */
    size_t room;
    enum ipckit_error error; /* after which it must end */

    /* Of a step that enters or takes something. */
    enum kind take, give;
    enum ipckit_error (*enter)(void *own, int64_t wait);
    enum ipckit_error (*leave)(void *own);
};

/* A recorded step returns whether there can be another. */
typedef bool recorded_step(struct recording *x);

static uint64_t draw(struct recording *x, uint64_t below)
{
    x->random = splitmix64(x->random);
    return x->random % below;
}

static void spin(uint64_t times)
{
    for (volatile uint64_t n = 0; n < times; n++)
        ;
}

/* reflect pauses: most often not at all or shortly, now and then as long as is
 * allowed, so that other processes run in between on any number of processors. */
static void reflect(struct recording *x)
{
    if (x->think == 0)
        return;
    uint64_t n = draw(x, 16);
    if (n == 0)
        nanosleep(&(struct timespec){.tv_nsec = (long)draw(x, (uint64_t)x->think) + 1}, NULL);
    else if (n < 3)
        sched_yield();
    else if (n < 6)
        spin(draw(x, 500));
}

/* stay stays inside for a moment, even without pauses: otherwise a lock that lets
 * two processes in would seldom show. */
static void stay(struct recording *x)
{
    uint64_t n = draw(x, 24);
    if (n == 0)
        nanosleep(&(struct timespec){.tv_nsec = 20000}, NULL);
    else if (n < 4)
        sched_yield();
    else
        spin(draw(x, 200));
}

/* patience returns how long the next operation waits. Operations that do not wait
 * stop when the file only has room for those that must take effect. */
static int64_t patience(struct recording *x)
{
    if (x->tries > 0 && records_left(&x->to) > 2 * (x->count - x->done) + 8 && (int64_t)draw(x, 100) < x->tries)
        return IPCKIT_NEVER;
    return x->wait;
}

/* value_of returns the value that this process sends or writes next. It is never 0,
 * the initial value of words. */
static uint64_t value_of(const struct recording *x)
{
    return (uint64_t)(x->request->index.value + 1) << 32 | (uint32_t)x->next;
}

/* settle records how an operation ended, and returns whether it took effect. After
 * an error that is no refusal of the contract that is unknown. */
static bool settle(struct recording *x, enum ipckit_error error, int64_t wait)
{
    enum status status = STATUS_UNKNOWN;
    switch (error) {
    case IPCKIT_OK:
    case IPCKIT_OWNER_DEAD:
        status = STATUS_OK;
        break;
    case IPCKIT_FULL:
        status = STATUS_FULL;
        break;
    case IPCKIT_EMPTY:
        status = STATUS_EMPTY;
        break;
    case IPCKIT_CLOSED:
        status = STATUS_EOF;
        break;
    case IPCKIT_TIMEOUT:
        status = wait == IPCKIT_NEVER ? STATUS_FAILED : STATUS_TIMEOUT;
        break;
    default:
        x->error = error;
    }
    end(&x->to, status);
    if (status == STATUS_OK)
        x->next++;
    else if (wait == IPCKIT_NEVER)
        sched_yield(); /* a polling process must not keep the others from running */
    return status == STATUS_OK;
}

static bool send_recorded(struct recording *x)
{
    size_t size = item_size(&x->load, x->next);
    if (!name_item(x->bytes, size, value_of(x))) {
        x->error = ipckit_fail(IPCKIT_INVALID, "an item of %zu bytes cannot carry its name", size);
        return false;
    }
    int64_t wait = patience(x);
    if (!begin(&x->to, KIND_SEND, value_of(x), 0))
        return false;
    enum ipckit_error error = x->object->queue->put(x->object->own, x->bytes, size, wait);
    x->done += settle(x, error, wait);
    memset(x->bytes, OVERWRITTEN, size);
    return true;
}

/* arrived records what was received from a queue or read from a snapshot. */
static void arrived(struct recording *x, size_t size)
{
    uint64_t value;
    bool whole = named_by(x->bytes, size, &value);
    end_with(&x->to, whole ? STATUS_OK : STATUS_CORRUPT, value);
    x->done++;
}

static bool receive_recorded(struct recording *x)
{
    int64_t wait = patience(x);
    size_t size;
    if (!begin(&x->to, KIND_RECEIVE, 0, 0))
        return false;
    enum ipckit_error error = get_item(x->object, x->bytes, x->room, (size_t)x->load.high, &size, wait);
    if (error == IPCKIT_OK) {
        arrived(x, size);
        return true;
    }
    if (size > x->room || (x->object->stream && size > 0)) { /* an impossible item, or a part of one */
        end(&x->to, STATUS_CORRUPT);
        x->error = error;
        return false;
    }
    settle(x, error, wait);
    return x->wait != IPCKIT_NEVER; /* a process that drains ends at the first refusal */
}

static bool publish_recorded(struct recording *x)
{
    size_t size = item_size(&x->load, x->next);
    if (!name_item(x->bytes, size, value_of(x))) {
        x->error = ipckit_fail(IPCKIT_INVALID, "a record of %zu bytes cannot carry its name", size);
        return false;
    }
    if (!begin(&x->to, KIND_WRITE, value_of(x), 0))
        return false;
    enum ipckit_error error = ipckit_subject.snapshot->publish(x->object->own, x->bytes, size);
    x->done += settle(x, error, IPCKIT_FOREVER);
    memset(x->bytes, OVERWRITTEN, size);
    return true;
}

static bool read_recorded(struct recording *x)
{
    size_t size = 0;
    if (!begin(&x->to, KIND_READ, 0, 0))
        return false;
    enum ipckit_error error = ipckit_subject.snapshot->read(x->object->own, x->bytes, x->room, &size);
    if (error == IPCKIT_EMPTY) { /* nothing was published yet */
        end_with(&x->to, STATUS_OK, 0);
        x->done++;
    } else if (error != IPCKIT_OK) {
        settle(x, error, IPCKIT_FOREVER);
    } else if (size > x->room) {
        end(&x->to, STATUS_CORRUPT);
        x->error = impossible(size, x->room);
    } else {
        arrived(x, size);
    }
    return true;
}

/* section_recorded enters, stays inside for a moment, and leaves. */
static bool section_recorded(struct recording *x)
{
    int64_t wait = patience(x);
    if (records_left(&x->to) < 2)
        return false;
    begin(&x->to, x->take, 0, 0);
    if (!settle(x, x->enter(x->object->own, wait), wait))
        return true;
    stay(x);
    begin(&x->to, x->give, 0, 0);
    settle(x, x->leave(x->object->own), IPCKIT_FOREVER);
    x->done++;
    return true;
}

static bool wait_recorded(struct recording *x)
{
    int64_t wait = patience(x);
    if (!begin(&x->to, KIND_WAIT, 0, 0))
        return false;
    x->done += settle(x, x->enter(x->object->own, wait), wait);
    return true;
}

static bool post_recorded(struct recording *x)
{
    if (!begin(&x->to, KIND_POST, 0, 0))
        return false;
    x->done += settle(x, x->leave(x->object->own), IPCKIT_FOREVER);
    return true;
}

/* counted records what an operation on a word found. */
static bool counted(struct recording *x, enum ipckit_error error, uint64_t value)
{
    if (error != IPCKIT_OK) {
        settle(x, error, IPCKIT_FOREVER);
        return true;
    }
    end_with(&x->to, STATUS_OK, value);
    x->done++;
    return true;
}

static bool add_recorded(struct recording *x)
{
    uint64_t before = 0;
    if (!begin(&x->to, KIND_ADD, 0, 1))
        return false;
    enum ipckit_error error = ipckit_subject.word->add(x->object->own, x->request->offset.value, 1, &before);
    return counted(x, error, before);
}

static bool load_recorded(struct recording *x)
{
    uint64_t value = 0;
    if (!begin(&x->to, KIND_READ, 0, 0))
        return false;
    enum ipckit_error error = ipckit_subject.word->load(x->object->own, x->request->offset.value, &value);
    return counted(x, error, value);
}

/* scatter maps values to values whose halves are all different, so that a word of
 * two halves is the value of no store; only 0 becomes 0. */
static uint64_t scatter(uint64_t v)
{
    v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9;
    v = (v ^ v >> 27) * 0x94d049bb133111eb;
    return v ^ v >> 31;
}

static bool store_recorded(struct recording *x)
{
    uint64_t value = scatter(value_of(x));
    if (!begin(&x->to, KIND_WRITE, value, 0))
        return false;
    x->done += settle(x, ipckit_subject.word->store(x->object->own, x->request->offset.value, value), IPCKIT_FOREVER);
    return true;
}

static bool swap_recorded(struct recording *x)
{
    uint64_t held = 0, value = value_of(x);
    bool swapped = false;
    if (!begin_swap(&x->to, x->expected, value))
        return false;
    enum ipckit_error error
        = ipckit_subject.word->compare_and_swap(x->object->own, x->request->offset.value, x->expected, value, &held, &swapped);
    if (error != IPCKIT_OK) {
        end_swap(&x->to, STATUS_UNKNOWN, 0);
        x->error = error;
        return false;
    }
    end_swap(&x->to, swapped ? STATUS_OK : STATUS_FAILED, held);
    x->expected = swapped ? value : held;
    x->next += swapped;
    x->done++;
    return true;
}

/* load_recording prepares a role at a queue or a snapshot. */
static recorded_step *load_recording(struct recording *x, bool known, recorded_step *do_step)
{
    if (!known || (x->error = parse_load(x->request, &x->load)) != IPCKIT_OK)
        return NULL;
    x->room = (size_t)(x->load.high > x->object->item_max ? x->load.high : x->object->item_max);
    x->bytes = allocate(x->room);
    return do_step;
}

static recorded_step *section_recording(struct recording *x, enum kind take, enum kind give,
    enum ipckit_error (*enter)(void *own, int64_t wait), enum ipckit_error (*leave)(void *own))
{
    x->take = take;
    x->give = give;
    x->enter = enter;
    x->leave = leave;
    return enter != NULL && leave != NULL ? section_recorded : NULL;
}

/* word_recording returns the step of a role at a word. */
static recorded_step *word_recording(struct recording *x, const char *role)
{
    const struct ipckit_word *f = ipckit_subject.word;
    if (f == NULL || f->load == NULL || f->store == NULL || f->add == NULL || f->compare_and_swap == NULL)
        return NULL;
    if (!x->request->offset.given) {
        x->error = needs(x->request, "offset");
        return NULL;
    }
    return is(role, "add") ? add_recorded : is(role, "load") ? load_recorded : is(role, "store") ? store_recorded
        : is(role, "cas") ? swap_recorded : NULL;
}

/* recorded_role returns the step of a role; NULL if there is none. */
static recorded_step *recorded_role(struct recording *x)
{
    const char *role = x->request->role.at, *family = x->object->family;
    const struct ipckit_subject *s = &ipckit_subject;
    if (x->object->queue != NULL) {
        const struct ipckit_buffer *q = x->object->queue;
        bool sends = !is(family, "buffer");
        if (is(role, sends ? "send" : "put"))
            return load_recording(x, q->put != NULL, send_recorded);
        if (is(role, sends ? "receive" : "get"))
            return load_recording(x, q->get != NULL, receive_recorded);
    } else if (is(family, "snapshot")) {
        if (is(role, "publish"))
            return load_recording(x, s->snapshot->publish != NULL, publish_recorded);
        if (is(role, "read"))
            return load_recording(x, s->snapshot->read != NULL, read_recorded);
    } else if (is(family, "lock")) {
        if (is(role, "lock"))
            return section_recording(x, KIND_LOCK, KIND_UNLOCK, s->lock->acquire, s->lock->release);
    } else if (is(family, "rwlock")) {
        if (is(role, "write"))
            return section_recording(x, KIND_LOCK, KIND_UNLOCK, s->rwlock->write, s->rwlock->release);
        if (is(role, "read"))
            return section_recording(x, KIND_LOCK_READ, KIND_UNLOCK_READ, s->rwlock->read, s->rwlock->release);
    } else if (is(family, "semaphore")) {
        recorded_step *both = section_recording(x, KIND_WAIT, KIND_POST, s->semaphore->wait, s->semaphore->post);
        return both == NULL || is(role, "semaphore") ? both : is(role, "wait") ? wait_recorded : is(role, "post") ? post_recorded : NULL;
    } else if (is(family, "region")) {
        return word_recording(x, role);
    }
    return NULL;
}

/* record_workload carries out a recorded workload. It also ends when its file is
 * full. */
static enum ipckit_error record_workload(const struct request *r, struct object *o, struct text *out)
{
    if (!r->count.given || !r->index.given || !r->tries.given || !r->think.given || !r->seed.given)
        return needs(r, "count, index, tries, think and seed");
    struct recording x = {.request = r, .object = o, .wait = r->wait.value, .tries = r->tries.value,
        .think = r->think.value, .count = r->count.value, .random = r->seed.value + (uint64_t)r->index.value};
    if (x.count < 0 || x.count > 1 << 24 || r->index.value < 0 || r->index.value > 1 << 16 || x.tries < 0 || x.tries > 100 || x.think < 0)
        return ipckit_fail(IPCKIT_INVALID, "a recorded workload of %" PRId64 " steps makes no sense", x.count);
    recorded_step *do_step = recorded_role(&x);
    if (do_step == NULL)
        return x.error != IPCKIT_OK ? x.error : ipckit_fail(IPCKIT_INVALID, "role %s does not fit a %s", r->role.at, o->family);
    x.error = start_recorder(&x.to, r->history.at, (uint32_t)r->index.value, 4 * x.count + 64);
    for (bool more = x.error == IPCKIT_OK; more && x.done < x.count;) {
        explanation[0] = '\0';
        more = do_step(&x);
        if (x.error != IPCKIT_OK)
            break;
        atomic_fetch_add(&finished, 1);
        reflect(&x);
    }
    stop_recorder(&x.to);
    free(x.bytes);
    print(out, ",\"done\":%" PRId64, x.done);
    if (judges(r->role.at))
        print(out, ",\"wrong\":0");
    return x.error;
}
