/* queue.h: operations on bounded buffers, mailboxes and links. A part of ipckit_shim.c. */

/* family returns the functions for a command's family; NULL if there are none. */
static const struct ipckit_buffer *family(const struct request *r, const char *name)
{
    static struct ipckit_buffer mailbox;
    const struct ipckit_mailbox *m = ipckit_subject.mailbox;
    if (is(name, "mailbox")) {
        if (m == NULL)
            return NULL;
        mailbox = (struct ipckit_buffer){.create = m->create, .open = m->open, .put = m->send, .get = m->receive,
            .detach = m->detach, .unlink = m->unlink, .close = m->close, .cancel = m->cancel, .presets = m->presets};
        return &mailbox;
    }
    if (r->kind.at == NULL)
        return ipckit_subject.one_to_one != NULL ? ipckit_subject.one_to_one : ipckit_subject.many;
    return is(r->kind.at, "one-to-one") ? ipckit_subject.one_to_one : is(r->kind.at, "many") ? ipckit_subject.many : NULL;
}

static enum ipckit_error queue_make(const struct request *r, const char *verb, struct object o)
{
    enum ipckit_error error = vacant(r);
    if (error != IPCKIT_OK)
        return error;
    o.item_max = IPCKIT_ITEM_MAX;
    if (is(verb, "create")) {
        if (!r->capacity.given || !r->item_max.given)
            return needs(r, "capacity and item_max");
        if (o.queue->create == NULL)
            return LACKS_FUNCTION;
        if (r->start.value != 0 && !o.queue->presets)
            return lacks("the implementation does not let indices be preset");
        if (r->owned && (!is(o.family, "mailbox") || !ipckit_subject.mailbox->owns))
            return lacks("the implementation has no mailboxes that are owned");
        struct ipckit_shape shape = {r->capacity.value, r->item_max.value, r->start.value, r->owned};
        CALL(error, o.queue->create(r->name.at, &shape, &o.own));
        if (shape.item_max > o.item_max)
            o.item_max = shape.item_max;
    } else {
        if (o.queue->open == NULL)
            return LACKS_FUNCTION;
        CALL(error, o.queue->open(r->name.at, &o.own));
    }
    if (error == IPCKIT_OK)
        keep(r, o);
    return error;
}

/* put_one puts or sends an item. */
static enum ipckit_error put_one(const struct request *r, struct object *o, const unsigned char *p, size_t size)
{
    const struct ipckit_mailbox *m = is(o->family, "mailbox") ? ipckit_subject.mailbox : NULL;
    enum ipckit_error error;
    if (r->priority.value != 0) {
        if (m == NULL || m->send_priority == NULL)
            return lacks("the implementation has no priorities");
        CALL(error, m->send_priority(o->own, p, size, (int)r->priority.value, r->wait.value));
    } else if (r->pid.given) {
        if (m == NULL || m->send_as == NULL)
            return lacks("senders do not name themselves");
        CALL(error, m->send_as(o->own, p, size, r->pid.value, r->wait.value));
    } else {
        CALL(error, o->queue->put(o->own, p, size, r->wait.value));
    }
    return error;
}

static enum ipckit_error put(const struct request *r, struct object *o)
{
    unsigned char *p = NULL;
    size_t size;
    if (o->queue->put == NULL)
        return LACKS_FUNCTION;
    enum ipckit_error error = payload(r, &p, &size);
    if (error != IPCKIT_OK)
        return error;
    error = put_one(r, o, p, size);
    memset(p, OVERWRITTEN, size);
    free(p);
    return error;
}

static enum ipckit_error get(const struct request *r, struct object *o, struct text *out)
{
    unsigned char *p = NULL;
    size_t size = 0;
    if (o->queue->get == NULL)
        return LACKS_FUNCTION;
    if (r->identify && (!is(o->family, "mailbox") || ipckit_subject.mailbox->receive_from == NULL))
        return lacks("the implementation does not record senders");
    int64_t most = r->item_max.given ? r->item_max.value : o->item_max;
    enum ipckit_error error = room(r, most, &p);
    if (error != IPCKIT_OK)
        return error;
    int64_t sender = 0;
    if (r->identify)
        CALL(error, ipckit_subject.mailbox->receive_from(o->own, p, (size_t)most, &size, &sender, r->wait.value));
    else
        CALL(error, o->queue->get(o->own, p, (size_t)most, &size, r->wait.value));
    if (error == IPCKIT_OK)
        error = size > (size_t)most ? impossible(size, (size_t)most) : show(r, out, p, size);
    if (error == IPCKIT_OK && r->identify)
        print(out, ",\"pid\":%" PRId64, sender);
    free(p);
    return error;
}

static enum ipckit_error hand_over(const struct request *r, struct object *o)
{
    enum ipckit_error error;
    if (!is(o->family, "mailbox") || ipckit_subject.mailbox->hand_over == NULL)
        return LACKS_FUNCTION;
    if (!r->pid.given)
        return needs(r, "pid");
    CALL(error, ipckit_subject.mailbox->hand_over(o->own, r->pid.value));
    return error;
}

/* queue_operate carries out operations on a handle. */
static enum ipckit_error queue_operate(const struct request *r, const char *name, const char *verb, struct text *out)
{
    struct object *o;
    enum ipckit_error error = held(r, name, &o);
    if (error != IPCKIT_OK)
        return error;
    bool sends = !is(name, "buffer");
    if (is(verb, sends ? "send" : "put"))
        return put(r, o);
    if (is(verb, sends ? "receive" : "get"))
        return get(r, o, out);
    if (is(verb, "hand-over"))
        return hand_over(r, o);
    if (is(verb, "close")) {
        if (o->queue->close == NULL)
            return LACKS_FUNCTION;
        CALL(error, o->queue->close(o->own));
        return error;
    }
    if (is(verb, "detach")) {
        if (o->queue->detach == NULL)
            return LACKS_FUNCTION;
        const struct ipckit_buffer *f = o->queue;
        void *own = o->own;
        forget(o);
        CALL(error, f->detach(own));
        return error;
    }
    return lacks("the shim does not know this operation");
}

static enum ipckit_error do_queue(const struct request *r, const char *name, const char *verb, struct text *out)
{
    enum ipckit_error error;
    if (is(verb, "create") || is(verb, "open") || is(verb, "unlink")) {
        const struct ipckit_buffer *f = family(r, name);
        if (f == NULL)
            return lacks(is(name, "mailbox") ? "the implementation has no mailboxes" : "the implementation has no buffers of this kind");
        if (r->name.at == NULL)
            return needs(r, "name");
        if (!is(verb, "unlink"))
            return queue_make(r, verb, (struct object){.family = name, .queue = f});
        if (f->unlink == NULL)
            return LACKS_FUNCTION;
        CALL(error, f->unlink(r->name.at));
        return error;
    }
    return queue_operate(r, name, verb, out);
}
