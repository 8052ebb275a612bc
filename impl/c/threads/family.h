/* family.h: what threads do with objects of each family. A part of ipckit_threads.c. */

/* --- Words: in one region --- */

enum { REGION_SIZE = 4096 };

static bool word_has(const struct ipckit_subject *s) { return s->word != NULL && s->region != NULL; }

static enum ipckit_error region_create(const struct ipckit_subject *s, const struct round *r, void **handle)
{
    return s->region->create(r->name, REGION_SIZE, handle);
}

static enum ipckit_error region_open(const struct ipckit_subject *s, const struct round *r, void **handle)
{
    return s->region->open(r->name, false, handle);
}

static enum ipckit_error word_step(struct worker *w, void *handle, int n)
{
    const struct ipckit_word *word = w->subject->word;
    uint64_t value;
    bool swapped;
    switch (n % 4) {
    case 0:
        return word->add(handle, 0, 1, &value);
    case 1:
        return word->store(handle, 8, (uint64_t)n);
    case 2:
        return word->load(handle, 8, &value);
    }
    return word->compare_and_swap(handle, 16, 0, 0, &value, &swapped);
}

static enum ipckit_error region_detach(const struct ipckit_subject *s, void *handle) { return s->region->detach(handle); }

static enum ipckit_error region_unlink(const struct ipckit_subject *s, const char *name) { return s->region->unlink(name); }

/* --- Locks, and semaphores as locks: around a count --- */

#define NAMED(kind)                                                                                                     \
    static bool kind##_has(const struct ipckit_subject *s) { return s->kind != NULL; }                                  \
    static enum ipckit_error kind##_open(const struct ipckit_subject *s, const struct round *r, void **handle)          \
    {                                                                                                                   \
        return s->kind->open(r->name, handle);                                                                          \
    }                                                                                                                   \
    static enum ipckit_error kind##_detach(const struct ipckit_subject *s, void *handle) { return s->kind->detach(handle); } \
    static enum ipckit_error kind##_unlink(const struct ipckit_subject *s, const char *name) { return s->kind->unlink(name); }

NAMED(lock)

static enum ipckit_error lock_create(const struct ipckit_subject *s, const struct round *r, void **handle)
{
    return s->lock->create(r->name, handle);
}

static enum ipckit_error lock_step(struct worker *w, void *handle, int n)
{
    enum ipckit_error error = n % 8 == 7 ? w->subject->lock->acquire(handle, IPCKIT_NEVER) : IPCKIT_TIMEOUT;
    if (error == IPCKIT_TIMEOUT)
        error = w->subject->lock->acquire(handle, IPCKIT_FOREVER);
    if (error != IPCKIT_OK)
        return error;
    guarded.count++;
    return w->subject->lock->release(handle);
}

NAMED(semaphore)

static enum ipckit_error semaphore_create(const struct ipckit_subject *s, const struct round *r, void **handle)
{
    return s->semaphore->create(r->name, 1, r->shape.capacity, handle);
}

static enum ipckit_error semaphore_step(struct worker *w, void *handle, int n)
{
    enum ipckit_error error = n % 8 == 7 ? w->subject->semaphore->wait(handle, IPCKIT_NEVER) : IPCKIT_TIMEOUT;
    if (error == IPCKIT_TIMEOUT)
        error = w->subject->semaphore->wait(handle, IPCKIT_FOREVER);
    if (error != IPCKIT_OK)
        return error;
    guarded.count++;
    return w->subject->semaphore->post(handle);
}

NAMED(rwlock)

static enum ipckit_error rwlock_create(const struct ipckit_subject *s, const struct round *r, void **handle)
{
    return s->rwlock->create(r->name, handle);
}

static enum ipckit_error rwlock_step(struct worker *w, void *handle, int n)
{
    static _Thread_local long seen;
    (void)n;
    const struct ipckit_rwlock *l = w->subject->rwlock;
    enum ipckit_error error = w->side == 0 ? l->write(handle, IPCKIT_FOREVER) : l->read(handle, IPCKIT_FOREVER);
    if (error != IPCKIT_OK)
        return error;
    if (w->side == 0)
        guarded.count++;
    else
        seen += guarded.count;
    return l->release(handle);
}

/* --- Snapshots, buffers and mailboxes: transfers --- */

/* length is that of the n-th item. */
static size_t length(const struct shape *s, int n) { return (size_t)(s->item_min + n % (s->item_max - s->item_min + 1)); }

NAMED(snapshot)

static enum ipckit_error snapshot_create(const struct ipckit_subject *s, const struct round *r, void **handle)
{
    return s->snapshot->create(r->name, r->shape.item_max, handle);
}

static enum ipckit_error snapshot_step(struct worker *w, void *handle, int n)
{
    unsigned char bytes[MOST_ITEM] = {(unsigned char)n};
    size_t size;
    if (w->side == 0)
        return w->subject->snapshot->publish(handle, bytes, length(&w->round->shape, n));
    enum ipckit_error error = w->subject->snapshot->read(handle, bytes, sizeof bytes, &size);
    return error == IPCKIT_EMPTY ? IPCKIT_OK : error;
}

#define MOVING(kind, put, get)                                                                                  \
    NAMED(kind)                                                                                                 \
    static enum ipckit_error kind##_create(const struct ipckit_subject *s, const struct round *r, void **handle) \
    {                                                                                                           \
        struct ipckit_shape shape = {.capacity = r->shape.capacity, .item_max = r->shape.item_max};             \
        return s->kind->create(r->name, &shape, handle);                                                        \
    }                                                                                                           \
    static enum ipckit_error kind##_move(struct worker *w, void *handle, void *bytes, size_t n, int64_t wait)   \
    {                                                                                                           \
        return w->side == 0 ? w->subject->kind->put(handle, bytes, n, wait)                                     \
                            : w->subject->kind->get(handle, bytes, MOST_ITEM, &n, wait);                        \
    }                                                                                                           \
    static enum ipckit_error kind##_step(struct worker *w, void *handle, int n)                                 \
    {                                                                                                           \
        unsigned char bytes[MOST_ITEM] = {(unsigned char)n};                                                    \
        size_t size = length(&w->round->shape, n);                                                              \
        enum ipckit_error error = n % 8 == 7 ? kind##_move(w, handle, bytes, size, IPCKIT_NEVER) : IPCKIT_FULL; \
        if (error == IPCKIT_FULL || error == IPCKIT_EMPTY)                                                      \
            error = kind##_move(w, handle, bytes, size, IPCKIT_FOREVER);                                        \
        return error;                                                                                           \
    }

MOVING(one_to_one, put, get)
MOVING(many, put, get)
MOVING(mailbox, send, receive)

#define FAMILY(called, kind) \
    {called, kind##_has, kind##_create, kind##_open, kind##_step, kind##_detach, kind##_unlink}

static const struct family *family_of(const char *name)
{
    static const struct family families[] = {
        {"word", word_has, region_create, region_open, word_step, region_detach, region_unlink},
        FAMILY("lock", lock), FAMILY("semaphore", semaphore), FAMILY("rwlock", rwlock), FAMILY("snapshot", snapshot),
        FAMILY("buffer.one-to-one", one_to_one), FAMILY("buffer.many", many), FAMILY("mailbox", mailbox),
    };
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (strcmp(families[i].name, name) == 0)
            return &families[i];
    die("no such family");
}
