/* moving.h: many items in one operation, without markers. A part of ipckit_shim.c. */

static enum ipckit_error put_all(struct object *o, const struct load *l, int64_t wait, struct own *own, struct text *out)
{
    enum ipckit_error error = IPCKIT_OK;
    unsigned char *p = allocate((size_t)l->high);
    int64_t done = 0;
    for (; done < l->count; done++) {
        size_t size = make_item(l, done, p);
        explanation[0] = '\0';
        atomic_store(&own->began, (uint64_t)done + 1);
        error = o->queue->put(o->own, p, size, wait);
        memset(p, OVERWRITTEN, size);
        if (error != IPCKIT_OK)
            break;
        atomic_store(&own->ended, (uint64_t)done + 1);
        atomic_fetch_add(&finished, 1);
    }
    free(p);
    print(out, ",\"done\":%" PRId64, done);
    return error;
}

/* find_item returns the number of the item whose bytes got has, the nearest to i
 * first; -1 if there is none. Items of a few bytes are the same too often by
 * chance. */
static int64_t find_item(const struct load *l, int64_t i, const unsigned char *got, size_t size)
{
    enum { RANGE = 100000 };
    if (size < 8)
        return -1;
    unsigned char *p = allocate((size_t)l->high);
    int64_t found = -1;
    for (int64_t distance = 1; distance <= RANGE && found < 0; distance++)
        for (int sign = -1; sign <= 1; sign += 2) {
            int64_t j = i + sign * distance;
            if (j >= 0 && j < l->count && item_size(l, j) == size && make_item(l, j, p) == size && memcmp(p, got, size) == 0)
                found = j;
        }
    free(p);
    return found;
}

/* describe describes what was received instead of item i. */
static void describe(struct text *out, const struct load *l, int64_t i, const unsigned char *got, size_t size,
    const unsigned char *want, size_t expected)
{
    int64_t other = find_item(l, i, got, size);
    size_t same = 0, overwritten = 0;
    while (same < size && same < expected && got[same] == want[same])
        same++;
    while (overwritten < size && got[overwritten] == OVERWRITTEN)
        overwritten++;
    print(out, ",\"wrong_at\":%" PRId64 ",\"wrong_text\":\"", i);
    if (other >= 0)
        print(out, "item %" PRId64 " is item %" PRId64, i, other);
    else if (size != expected)
        print(out, "length %zu, expected %zu", size, expected);
    else if (overwritten == size)
        print(out, "the sender's buffer as it was after the call: no copy was made");
    else
        print(out, "a byte differs at offset %zu: 0x%02x, expected 0x%02x", same, got[same], want[same]);
    append(out, "\"", 1);
}

/* get_item gets the next item, or, from a stream, expected bytes. */
static enum ipckit_error get_item(struct object *o, unsigned char *into, size_t room, size_t expected, size_t *size, int64_t wait)
{
    *size = 0;
    if (!o->stream) {
        enum ipckit_error error = o->queue->get(o->own, into, room, size, wait);
        return error == IPCKIT_OK && *size > room ? impossible(*size, room) : error;
    }
    while (*size < expected) {
        size_t n = 0;
        enum ipckit_error error = o->queue->get(o->own, into + *size, expected - *size, &n, wait);
        if (error != IPCKIT_OK)
            return error;
        if (n < 1 || n > expected - *size)
            return impossible(n, expected - *size);
        *size += n;
    }
    return IPCKIT_OK;
}

static enum ipckit_error get_all(struct object *o, const struct load *l, int64_t wait, struct own *own, struct text *out)
{
    enum ipckit_error error = IPCKIT_OK;
    size_t most = (size_t)(l->high > o->item_max ? l->high : o->item_max);
    unsigned char *got = allocate(most), *want = allocate((size_t)l->high);
    int64_t done = 0, wrong = 0;
    for (; done < l->count; done++) {
        size_t size = 0;
        explanation[0] = '\0';
        size_t expected = make_item(l, done, want);
        atomic_store(&own->began, (uint64_t)done + 1);
        if ((error = get_item(o, got, most, expected, &size, wait)) != IPCKIT_OK)
            break;
        if (size == expected && memcmp(got, want, size) == 0)
            atomic_fetch_add(&own->ended, 1);
        else if (wrong++ == 0)
            describe(out, l, done, got, size, want, expected);
        atomic_fetch_add(&finished, 1);
    }
    free(got);
    free(want);
    print(out, ",\"done\":%" PRId64 ",\"wrong\":%" PRId64, done, wrong);
    return error;
}

static enum ipckit_error move_items(const struct request *r, struct object *o, const struct load *l, struct own *own,
    struct text *out)
{
    bool sends = !is(o->family, "buffer");
    if (is(r->role.at, sends ? "send" : "put"))
        return o->queue->put != NULL ? put_all(o, l, r->wait.value, own, out) : LACKS_FUNCTION;
    if (is(r->role.at, sends ? "receive" : "get"))
        return o->queue->get != NULL ? get_all(o, l, r->wait.value, own, out) : LACKS_FUNCTION;
    return ipckit_fail(IPCKIT_INVALID, "role %s does not fit a %s", r->role.at, o->family);
}
