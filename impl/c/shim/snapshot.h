/* snapshot.h: operations on snapshots. A part of ipckit_shim.c. */

static enum ipckit_error impossible(size_t size, size_t room)
{
    return ipckit_fail(IPCKIT_IO, "the implementation gives a length of %zu for room of %zu bytes", size, room);
}

static enum ipckit_error snapshot_publish(const struct request *r, const struct ipckit_snapshot *f, struct object *o)
{
    unsigned char *p = NULL;
    size_t size;
    enum ipckit_error error = payload(r, &p, &size);
    if (error != IPCKIT_OK)
        return error;
    CALL(error, f->publish(o->own, p, size));
    memset(p, OVERWRITTEN, size);
    free(p);
    return error;
}

static enum ipckit_error snapshot_read(const struct request *r, const struct ipckit_snapshot *f, struct object *o, struct text *out)
{
    unsigned char *p = NULL;
    size_t size = 0;
    int64_t most = r->item_max.given ? r->item_max.value : o->item_max;
    enum ipckit_error error = room(r, most, &p);
    if (error != IPCKIT_OK)
        return error;
    CALL(error, f->read(o->own, p, (size_t)most, &size));
    if (error == IPCKIT_OK)
        error = size > (size_t)most ? impossible(size, (size_t)most) : show(r, out, p, size);
    free(p);
    return error;
}

static enum ipckit_error do_snapshot(const struct request *r, const char *verb, struct text *out)
{
    const struct ipckit_snapshot *f = ipckit_subject.snapshot;
    enum ipckit_error error;
    struct object *o;
    if (f == NULL)
        return lacks("the implementation has no snapshots");
    if (is(verb, "create")) {
        void *own = NULL;
        if ((error = ready_to_make(r, f->create != NULL)) != IPCKIT_OK)
            return error;
        if (!r->item_max.given)
            return needs(r, "item_max");
        CALL(error, f->create(r->name.at, r->item_max.value, &own));
        int64_t most = r->item_max.value > IPCKIT_ITEM_MAX ? r->item_max.value : IPCKIT_ITEM_MAX;
        return keep_made(r, "snapshot", error, own, most);
    }
    bool publish = is(verb, "publish");
    if (!publish && !is(verb, "read"))
        return do_named(r, verb, &(struct named){"snapshot", f->open, f->detach, f->unlink}, IPCKIT_ITEM_MAX);
    if ((error = held(r, "snapshot", &o)) != IPCKIT_OK)
        return error;
    if (publish ? f->publish == NULL : f->read == NULL)
        return LACKS_FUNCTION;
    return publish ? snapshot_publish(r, f, o) : snapshot_read(r, f, o, out);
}
