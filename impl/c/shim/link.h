/* link.h: operations on parties and the links between them. A part of ipckit_shim.c. */

/* link_functions makes queues of links: after open they are used in the same way. */
static const struct ipckit_buffer *link_functions(void)
{
    static struct ipckit_buffer queue;
    const struct ipckit_link *f = ipckit_subject.link;
    queue = (struct ipckit_buffer){.put = f->send, .get = f->receive, .detach = f->detach, .cancel = f->cancel};
    return &queue;
}

/* next_link returns a link of a party, NULL if none is left. */
static struct object *next_link(const struct object *party)
{
    pthread_mutex_lock(&lock);
    struct object *o = objects;
    while (o != NULL && o->party != party)
        o = o->next;
    pthread_mutex_unlock(&lock);
    return o;
}

/* leave detaches the remaining links, and then leaves. */
static enum ipckit_error leave(struct object *party)
{
    const struct ipckit_link *f = ipckit_subject.link;
    enum ipckit_error first_error = IPCKIT_OK, error;
    if (f->leave == NULL || f->detach == NULL)
        return LACKS_FUNCTION;
    for (struct object *o; (o = next_link(party)) != NULL;) {
        void *own = o->own;
        forget(o);
        CALL(error, f->detach(own));
        if (first_error == IPCKIT_OK)
            first_error = error;
    }
    void *own = party->own;
    forget(party);
    CALL(error, f->leave(own));
    return first_error != IPCKIT_OK ? first_error : error;
}

static enum ipckit_error receive_any(const struct request *r, struct object *party, struct text *out)
{
    const struct ipckit_link *f = ipckit_subject.link;
    unsigned char *p = NULL;
    size_t size = 0;
    const char *peer = NULL;
    if (f->receive_any == NULL)
        return LACKS_FUNCTION;
    int64_t most = r->item_max.given ? r->item_max.value : party->item_max;
    enum ipckit_error error = room(r, most, &p);
    if (error != IPCKIT_OK)
        return error;
    CALL(error, f->receive_any(party->own, p, (size_t)most, &size, &peer, r->wait.value));
    if (error == IPCKIT_OK)
        error = size > (size_t)most ? impossible(size, (size_t)most) : show(r, out, p, size);
    if (peer != NULL && peer[0] != '\0') {
        print(out, ",\"sender\":");
        append_quoted(out, peer);
    }
    free(p);
    return error;
}

static enum ipckit_error do_party(const struct request *r, const char *verb, struct text *out)
{
    const struct ipckit_link *f = ipckit_subject.link;
    enum ipckit_error error;
    struct object *o;
    if (f == NULL)
        return lacks("the implementation has no links");
    if (is(verb, "join")) {
        void *own = NULL;
        if ((error = ready_to_make(r, f->join != NULL)) != IPCKIT_OK)
            return error;
        CALL(error, f->join(r->name.at, &own));
        return keep_made(r, "party", error, own, IPCKIT_ITEM_MAX);
    }
    if ((error = held(r, "party", &o)) != IPCKIT_OK)
        return error;
    if (is(verb, "receive"))
        return receive_any(r, o, out);
    if (is(verb, "leave"))
        return leave(o);
    return lacks("the shim does not know this operation");
}

static enum ipckit_error open_link(const struct request *r)
{
    const struct ipckit_link *f = ipckit_subject.link;
    void *own = NULL;
    enum ipckit_error error = ready_to_make(r, f->open != NULL);
    if (error != IPCKIT_OK)
        return error;
    struct object *party = r->party.at != NULL ? find(r->party.at) : NULL;
    if (party == NULL || !is(party->family, "party"))
        return needs(r, "party, the handle of one that has joined");
    CALL(error, f->open(party->own, r->name.at, &own));
    if (error == IPCKIT_OK)
        keep(r, (struct object){.family = "link", .queue = link_functions(), .own = own, .party = party,
            .stream = f->stream, .item_max = IPCKIT_ITEM_MAX});
    return error;
}

static enum ipckit_error do_link(const struct request *r, const char *verb, struct text *out)
{
    if (ipckit_subject.link == NULL)
        return lacks("the implementation has no links");
    return is(verb, "open") ? open_link(r) : queue_operate(r, "link", verb, out);
}
