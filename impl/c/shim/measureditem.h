/* measureditem.h: the items of workloads whose steps are timed. A part of ipckit_shim.c. */

/* Between two steps nothing of the protocol is done and nothing is allocated; the
 * clock is read once a batch. The roles and the items are those of the field role in
 * protocol.schema.json. */
struct measurement {
    struct worker worker; /* object, scratch and faults */
    struct object *back;  /* of the other direction */
    int64_t warm, batch;
    uint64_t processes; /* that begin and end together; 0: others do not matter */
    bool ping;

    uint64_t *samples; /* NULL: none are wanted */
    size_t room, bytes;
    bool each; /* a sample of each item, not of a batch */

    unsigned char *out, *into; /* items */
    size_t size, most;         /* bytes: of an item, of into */
    struct items {
        uint64_t mix;  /* of the next item */
        size_t moving; /* offset in each page */
        int64_t time;  /* intended, of the next item; 0: items carry no times */
    } sent, got;
};

/* A stretch carries out the steps from *next on until to. */
typedef enum ipckit_error stretch(struct measurement *m, int64_t *next, int64_t to);

#define MIXER UINT64_C(0x9e3779b97f4a7c15)
enum { PAGE = 4096, LEAD = 1000000 /* ns until the first paced item */ };

static int64_t monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static uint64_t to_little(uint64_t v) { return little_endian() ? v : __builtin_bswap64(v); }
static void set_word(unsigned char *p, uint64_t v)
{
    v = to_little(v);
    memcpy(p, &v, sizeof v);
}
static uint64_t get_word(const unsigned char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return to_little(v);
}

static void next_item(const struct measurement *m, struct items *x)
{
    size_t period = m->size / 8 < PAGE / 8 ? m->size / 8 * 8 : PAGE;
    x->mix += MIXER;
    x->moving += 8;
    if (x->moving >= period)
        x->moving = 0;
    if (x->time != 0)
        x->time += m->worker.request->every.value;
}

static void write_item(struct measurement *m, struct items *x)
{
    unsigned char *p = m->out;
    if (m->size < 16) {
        uint64_t v = to_little(x->mix);
        memcpy(p, &v, m->size < sizeof v ? m->size : sizeof v);
    } else {
        set_word(p, x->time != 0 ? (uint64_t)x->time : x->mix);
        set_word(p + m->size - 8, ~x->mix);
        uint64_t n = 1;
        for (size_t at = x->moving; at <= m->size - 16; at += PAGE, n++)
            if (at >= 8)
                set_word(p + at, x->mix + n);
    }
    next_item(m, x);
}

static bool same_item(const struct measurement *m, const struct items *x, const unsigned char *p)
{
    if (m->size < 16) {
        uint64_t v = to_little(x->mix);
        return memcmp(p, &v, m->size < sizeof v ? m->size : sizeof v) == 0;
    }
    if (get_word(p) != (x->time != 0 ? (uint64_t)x->time : x->mix) || get_word(p + m->size - 8) != ~x->mix)
        return false;
    uint64_t n = 1;
    for (size_t at = x->moving; at <= m->size - 16; at += PAGE, n++)
        if (at >= 8 && get_word(p + at) != x->mix + n)
            return false;
    return true;
}

/* wrong_item says what was received instead of item i. */
static void wrong_item(struct measurement *m, int64_t i, const unsigned char *p, size_t size)
{
    struct worker *w = &m->worker;
    int64_t at = i > m->warm ? i - m->warm : 0;
    if (size != m->size) {
        fault(w, at, "length %zu, expected %zu", size, m->size);
    } else if (size < 16) {
        fault(w, at, "item %" PRId64 " begins with 0x%02x, expected 0x%02x", i, p[0], (unsigned)(to_little(m->got.mix) & 0xff));
    } else {
        const uint64_t inverse = UINT64_C(0xf1de83e19937733d); /* of MIXER, modulo 2^64 */
        int64_t distance = (int64_t)((~get_word(p + size - 8) - m->got.mix) * inverse);
        if (distance == 0)
            fault(w, at, "item %" PRId64 " ends as it should and differs before its end: parts of two items", i);
        else if (distance > -100000 && distance < 100000 && i + distance >= 0)
            fault(w, at, "item %" PRId64 " ends as item %" PRId64, i, i + distance);
        else
            fault(w, at, "item %" PRId64 " ends as no item does", i);
    }
}

/* take_item gets item i into m->into, and compares it. */
static enum ipckit_error take_item(struct measurement *m, struct object *from, int64_t i, size_t *size)
{
    enum ipckit_error error = get_item(from, m->into, m->most, m->size, size, m->worker.request->wait.value);
    if (error != IPCKIT_OK)
        return error;
    if (i == 0 && m->each && *size >= 8)
        m->got.time = (int64_t)get_word(m->into);
    if (*size != m->size || !same_item(m, &m->got, m->into))
        wrong_item(m, i, m->into, *size);
    next_item(m, &m->got);
    return IPCKIT_OK;
}

static enum ipckit_error put_item(struct measurement *m, const unsigned char *p, size_t size)
{
    return m->worker.object->queue->put(m->worker.object->own, p, size, m->worker.request->wait.value);
}
