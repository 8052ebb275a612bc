/* named.h: operations on locks, semaphores and reader-writer locks. A part of ipckit_shim.c. */

/* A named is what locks, semaphores and reader-writer locks have in common: the
 * implementation's functions for names. */
struct named {
    const char *family;
    enum ipckit_error (*open)(const char *name, void **own);
    enum ipckit_error (*detach)(void *own);
    enum ipckit_error (*unlink)(const char *name);
};

/* keep_made gives a handle to what create or open has made. */
static enum ipckit_error keep_made(const struct request *r, const char *family, enum ipckit_error error, void *own, int64_t item_max)
{
    if (error == IPCKIT_OK)
        keep(r, (struct object){.family = family, .own = own, .item_max = item_max});
    return error;
}

/* ready_to_make refuses a creation or an opening that lacks something. */
static enum ipckit_error ready_to_make(const struct request *r, bool has_function)
{
    if (!has_function)
        return LACKS_FUNCTION;
    return r->name.at == NULL ? needs(r, "name") : vacant(r);
}

/* do_named carries out open, detach and unlink. */
static enum ipckit_error do_named(const struct request *r, const char *verb, const struct named *f, int64_t item_max)
{
    enum ipckit_error error;
    struct object *o;
    void *own = NULL;
    if (is(verb, "open")) {
        if ((error = ready_to_make(r, f->open != NULL)) != IPCKIT_OK)
            return error;
        CALL(error, f->open(r->name.at, &own));
        return keep_made(r, f->family, error, own, item_max);
    }
    if (is(verb, "unlink")) {
        if (r->name.at == NULL)
            return needs(r, "name");
        if (f->unlink == NULL)
            return LACKS_FUNCTION;
        CALL(error, f->unlink(r->name.at));
        return error;
    }
    if (!is(verb, "detach"))
        return lacks("the shim does not know this operation");
    if ((error = held(r, f->family, &o)) != IPCKIT_OK)
        return error;
    if (f->detach == NULL)
        return LACKS_FUNCTION;
    own = o->own;
    forget(o);
    CALL(error, f->detach(own));
    return error;
}

static enum ipckit_error do_lock(const struct request *r, const char *verb)
{
    const struct ipckit_lock *f = ipckit_subject.lock;
    enum ipckit_error error;
    struct object *o;
    if (f == NULL)
        return lacks("the implementation has no locks");
    if (is(verb, "create")) {
        void *own = NULL;
        if ((error = ready_to_make(r, f->create != NULL)) != IPCKIT_OK)
            return error;
        CALL(error, f->create(r->name.at, &own));
        return keep_made(r, "lock", error, own, 0);
    }
    bool acquire = is(verb, "acquire");
    if (!acquire && !is(verb, "release"))
        return do_named(r, verb, &(struct named){"lock", f->open, f->detach, f->unlink}, 0);
    if ((error = held(r, "lock", &o)) != IPCKIT_OK)
        return error;
    if (acquire ? f->acquire == NULL : f->release == NULL)
        return LACKS_FUNCTION;
    CALL(error, acquire ? f->acquire(o->own, r->wait.value) : f->release(o->own));
    return error;
}

static enum ipckit_error do_semaphore(const struct request *r, const char *verb)
{
    const struct ipckit_semaphore *f = ipckit_subject.semaphore;
    enum ipckit_error error;
    struct object *o;
    if (f == NULL)
        return lacks("the implementation has no semaphores");
    if (is(verb, "create")) {
        void *own = NULL;
        if ((error = ready_to_make(r, f->create != NULL)) != IPCKIT_OK)
            return error;
        if (!r->initial.given || !r->maximum.given)
            return needs(r, "initial and maximum");
        CALL(error, f->create(r->name.at, r->initial.value, r->maximum.value, &own));
        return keep_made(r, "semaphore", error, own, 0);
    }
    bool wait = is(verb, "wait");
    if (!wait && !is(verb, "post"))
        return do_named(r, verb, &(struct named){"semaphore", f->open, f->detach, f->unlink}, 0);
    if ((error = held(r, "semaphore", &o)) != IPCKIT_OK)
        return error;
    if (wait ? f->wait == NULL : f->post == NULL)
        return LACKS_FUNCTION;
    CALL(error, wait ? f->wait(o->own, r->wait.value) : f->post(o->own));
    return error;
}

static enum ipckit_error do_rwlock(const struct request *r, const char *verb)
{
    const struct ipckit_rwlock *f = ipckit_subject.rwlock;
    enum ipckit_error error;
    struct object *o;
    if (f == NULL)
        return lacks("the implementation has no reader-writer locks");
    if (is(verb, "create")) {
        void *own = NULL;
        if ((error = ready_to_make(r, f->create != NULL)) != IPCKIT_OK)
            return error;
        CALL(error, f->create(r->name.at, &own));
        return keep_made(r, "rwlock", error, own, 0);
    }
    bool read = is(verb, "read"), write = is(verb, "write");
    if (!read && !write && !is(verb, "release"))
        return do_named(r, verb, &(struct named){"rwlock", f->open, f->detach, f->unlink}, 0);
    if ((error = held(r, "rwlock", &o)) != IPCKIT_OK)
        return error;
    if (read ? f->read == NULL : write ? f->write == NULL : f->release == NULL)
        return LACKS_FUNCTION;
    CALL(error, read ? f->read(o->own, r->wait.value) : write ? f->write(o->own, r->wait.value) : f->release(o->own));
    return error;
}
