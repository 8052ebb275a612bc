/* region.h: operations on regions. A part of ipckit_shim.c. */

static enum ipckit_error region_make(const struct request *r, const char *verb, const struct ipckit_region *f)
{
    enum ipckit_error error = vacant(r);
    if (error != IPCKIT_OK)
        return error;
    struct object o = {.family = "region", .region = f, .read_only = r->read_only};
    if (is(verb, "create")) {
        if (!r->size.given)
            return needs(r, "size");
        if (f->create == NULL)
            return LACKS_FUNCTION;
        CALL(error, f->create(r->name.at, r->size.value, &o.own));
    } else {
        if (f->open == NULL)
            return LACKS_FUNCTION;
        CALL(error, f->open(r->name.at, r->read_only, &o.own));
    }
    if (error == IPCKIT_OK)
        keep(r, o);
    return error;
}

/* copy copies to or from a region of an implementation that only maps it. It does not
 * refuse what such an implementation cannot refuse. */
static enum ipckit_error copy(struct object *o, int64_t offset, unsigned char *p, size_t n, bool write)
{
    if (o->region->map == NULL || o->region->size == NULL)
        return LACKS_FUNCTION;
    if (write && o->read_only)
        return lacks("the implementation maps regions; nothing can refuse a write to one that is read-only");
    int64_t size = o->region->size(o->own);
    if (offset < 0 || offset > size || (int64_t)n > size - offset)
        return lacks("the implementation maps regions; nothing can refuse an access outside");
    char *base;
    CALL(base, o->region->map(o->own));
    if (base == NULL)
        return ipckit_fail(IPCKIT_IO, "the implementation gives NULL as the region's address");
    memcpy(write ? (void *)(base + offset) : p, write ? p : (void *)(base + offset), n);
    return IPCKIT_OK;
}

static enum ipckit_error region_write(const struct request *r, struct object *o)
{
    unsigned char *p = NULL;
    size_t n;
    if (!r->offset.given)
        return needs(r, "offset");
    enum ipckit_error error = payload(r, &p, &n);
    if (error != IPCKIT_OK)
        return error;
    if (o->region->write != NULL)
        CALL(error, o->region->write(o->own, r->offset.value, p, n));
    else
        error = copy(o, r->offset.value, p, n, true);
    memset(p, OVERWRITTEN, n);
    free(p);
    return error;
}

static enum ipckit_error region_read(const struct request *r, struct object *o, struct text *out)
{
    unsigned char *p = NULL;
    if (!r->offset.given || !r->size.given)
        return needs(r, "offset and size");
    enum ipckit_error error = room(r, r->size.value, &p);
    if (error != IPCKIT_OK)
        return error;
    size_t n = (size_t)r->size.value;
    if (o->region->read != NULL)
        CALL(error, o->region->read(o->own, r->offset.value, p, n));
    else
        error = copy(o, r->offset.value, p, n, false);
    if (error == IPCKIT_OK)
        error = show(r, out, p, n);
    free(p);
    return error;
}

static enum ipckit_error do_region(const struct request *r, const char *verb, struct text *out)
{
    const struct ipckit_region *f = ipckit_subject.region;
    enum ipckit_error error;
    struct object *o;
    if (f == NULL)
        return lacks("the implementation has no regions");
    if (is(verb, "create") || is(verb, "open") || is(verb, "unlink")) {
        if (r->name.at == NULL)
            return needs(r, "name");
        if (!is(verb, "unlink"))
            return region_make(r, verb, f);
        if (f->unlink == NULL)
            return LACKS_FUNCTION;
        CALL(error, f->unlink(r->name.at));
        return error;
    }
    if ((error = held(r, "region", &o)) != IPCKIT_OK)
        return error;
    if (is(verb, "read"))
        return region_read(r, o, out);
    if (is(verb, "write"))
        return region_write(r, o);
    if (is(verb, "size")) {
        int64_t size;
        if (f->size == NULL)
            return LACKS_FUNCTION;
        CALL(size, f->size(o->own));
        if (size < 0)
            return ipckit_fail(IPCKIT_IO, "the implementation gives a size of %" PRId64, size);
        print(out, ",\"size\":%" PRId64, size);
        return IPCKIT_OK;
    }
    if (is(verb, "close")) {
        if (f->detach == NULL)
            return LACKS_FUNCTION;
        void *own = o->own;
        forget(o);
        CALL(error, f->detach(own));
        return error;
    }
    return lacks("the shim does not know this operation");
}

/* do_word carries out an operation on a word of a region. */
static enum ipckit_error do_word(const struct request *r, const char *verb, struct text *out)
{
    const struct ipckit_word *f = ipckit_subject.word;
    enum ipckit_error error;
    struct object *o;
    if (f == NULL)
        return lacks("the implementation has no atomic words");
    if ((error = held(r, "region", &o)) != IPCKIT_OK)
        return error;
    if (!r->offset.given)
        return needs(r, "offset");
    if (!is(verb, "load") && !r->value.given)
        return needs(r, "value");
    uint64_t before = 0;
    if (is(verb, "store")) {
        if (f->store == NULL)
            return LACKS_FUNCTION;
        CALL(error, f->store(o->own, r->offset.value, r->value.value));
        return error;
    }
    if (is(verb, "cas")) {
        bool swapped = false;
        if (!r->expected.given)
            return needs(r, "expected");
        if (f->compare_and_swap == NULL)
            return LACKS_FUNCTION;
        CALL(error, f->compare_and_swap(o->own, r->offset.value, r->expected.value, r->value.value, &before, &swapped));
        if (error == IPCKIT_OK)
            print(out, ",\"swapped\":%s", swapped ? "true" : "false");
    } else if (is(verb, "load")) {
        if (f->load == NULL)
            return LACKS_FUNCTION;
        CALL(error, f->load(o->own, r->offset.value, &before));
    } else if (is(verb, "add")) {
        if (f->add == NULL)
            return LACKS_FUNCTION;
        CALL(error, f->add(o->own, r->offset.value, r->value.value, &before));
    } else {
        return lacks("the shim does not know this operation");
    }
    if (error == IPCKIT_OK)
        print(out, ",\"value\":%" PRIu64, before);
    return error;
}
