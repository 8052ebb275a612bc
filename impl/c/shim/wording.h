/* wording.h: workloads on atomic words, litmus tests among them. A part of ipckit_shim.c. */

/* A slot of a litmus test is two cache lines, so that flag and data are in different
 * ones. */
enum { SLOT = 128, DATA_AT = 64, SPINS = 1 << 16 };

/* The state of the litmus test MP beside its worker. There is one workload at a
 * time. */
static struct {
    int64_t slots, early, late;
} litmus;

static enum ipckit_error load_word(struct worker *p, int64_t offset, uint64_t *value)
{
    return ipckit_subject.word->load(p->object->own, offset, value);
}

/* claim marks the value that only this step may have seen. */
static void claim(struct worker *p, int64_t i, uint64_t before)
{
    volatile unsigned char *marks = p->scratch->marks;
    if (before >= (uint64_t)p->marks)
        fault(p, i, "the value before was %" PRIu64 ", more than there are steps", before);
    else if (marks[before] != 0)
        fault(p, i, "the value before was %" PRIu64 ", which process %d had got too", before, marks[before] - 1);
    else
        marks[before] = (unsigned char)(p->index + 1);
}

static enum ipckit_error add_step(struct worker *p, int64_t i)
{
    uint64_t before;
    enum ipckit_error error = ipckit_subject.word->add(p->object->own, p->request->offset.value, 1, &before);
    if (error == IPCKIT_OK)
        claim(p, i, before);
    return error;
}

static enum ipckit_error cas_step(struct worker *p, int64_t i)
{
    int64_t offset = p->request->offset.value;
    uint64_t expected, before;
    bool swapped = false;
    enum ipckit_error error = load_word(p, offset, &expected);
    while (error == IPCKIT_OK) {
        error = ipckit_subject.word->compare_and_swap(p->object->own, offset, expected, expected + 1, &before, &swapped);
        if (error != IPCKIT_OK)
            break;
        if (swapped) {
            claim(p, i, expected);
            break;
        }
        if (before == expected) {
            fault(p, i, "the word was not swapped, and is said to have held %" PRIu64 ", which was expected", before);
            break;
        }
        expected = before;
    }
    return error;
}

static const uint64_t ones = 0x0101010101010101;

static enum ipckit_error store_step(struct worker *p, int64_t i)
{
    return ipckit_subject.word->store(p->object->own, p->request->offset.value, (uint64_t)(1 + i % 255) * ones);
}

static enum ipckit_error load_step(struct worker *p, int64_t i)
{
    uint64_t v;
    enum ipckit_error error = load_word(p, p->request->offset.value, &v);
    if (error == IPCKIT_OK && (v == 0 || v != (v & 0xff) * ones))
        fault(p, i, "0x%016" PRIx64 ", which no process stored: parts of two words", v);
    return error;
}

/* dekker_step is one side of the litmus test SB. */
static enum ipckit_error dekker_step(struct worker *p, int64_t i)
{
    int64_t at = 2 * i + p->index, offset = p->request->offset.value;
    uint64_t v = 0, n = (uint64_t)i + 1;
    if (p->index > 1)
        return ipckit_fail(IPCKIT_INVALID, "role dekker has processes 0 and 1");
    if (at >= p->marks)
        return ipckit_fail(IPCKIT_INVALID, "the scratch file has %" PRId64 " marks", p->marks);
    atomic_store(&p->own->ready, n);
    for (int spins = 0; atomic_load(&p->scratch->of[1 - p->index].ready) < n; spins++)
        if (spins > SPINS)
            sched_yield(), spins = SPINS;
    enum ipckit_error error = ipckit_subject.word->store(p->object->own, offset + p->index * SLOT, n);
    if (error == IPCKIT_OK)
        error = load_word(p, offset + (1 - p->index) * SLOT, &v);
    p->scratch->marks[at] = v >= n ? 2 : 1;
    return error;
}

/* plain copies 8 bytes to or from the region without ordering. */
static enum ipckit_error plain(struct worker *p, int64_t offset, uint64_t *value, bool write)
{
    const struct ipckit_region *f = p->object->region;
    if (write ? f->write != NULL : f->read != NULL)
        return write ? f->write(p->object->own, offset, value, sizeof *value) : f->read(p->object->own, offset, value, sizeof *value);
    return copy(p->object, offset, (unsigned char *)value, sizeof *value, write);
}

/* await_word loads a word until it has a value, and counts the loads before. */
static enum ipckit_error await_word(struct worker *p, int64_t offset, uint64_t value, int64_t *looks)
{
    for (*looks = 0;; ++*looks) {
        uint64_t v;
        enum ipckit_error error = load_word(p, offset, &v);
        if (error != IPCKIT_OK || v >= value)
            return error;
        if (*looks > SPINS)
            sched_yield();
    }
}

/* place returns the round and the slot of a step; slot 0 is for the rounds. */
static uint64_t place(int64_t i, int64_t *slot)
{
    *slot = (1 + i % (litmus.slots - 1)) * SLOT;
    return (uint64_t)(i / (litmus.slots - 1)) + 1;
}

static bool last_slot(int64_t slot) { return slot == (litmus.slots - 1) * SLOT; }

static enum ipckit_error flag_step(struct worker *p, int64_t i)
{
    int64_t slot, looks;
    uint64_t round = place(i, &slot), data = round;
    enum ipckit_error error = plain(p, slot + DATA_AT, &data, true);
    if (error == IPCKIT_OK)
        error = ipckit_subject.word->store(p->object->own, slot, round);
    if (error == IPCKIT_OK && last_slot(slot))
        error = await_word(p, 0, round, &looks);
    return error;
}

static enum ipckit_error follow_step(struct worker *p, int64_t i)
{
    int64_t slot, looks;
    uint64_t round = place(i, &slot), data = 0;
    enum ipckit_error error = await_word(p, slot, round, &looks);
    if (error == IPCKIT_OK)
        error = plain(p, slot + DATA_AT, &data, false);
    if (error != IPCKIT_OK)
        return error;
    if (data != round)
        fault(p, i, "the flag says %" PRIu64 " and the data written before it are %" PRIu64, round, data);
    else
        litmus.late++;
    litmus.early += looks;
    return last_slot(slot) ? ipckit_subject.word->store(p->object->own, 0, round) : IPCKIT_OK;
}

/* wording returns the step of a role at a word. */
static enum ipckit_error wording(struct worker *p, step **do_step)
{
    static const struct {
        const char *role;
        step *step;
    } roles[] = {
        {"add", add_step}, {"cas", cas_step}, {"store", store_step}, {"load", load_step},
        {"dekker", dekker_step}, {"flag", flag_step}, {"follow", follow_step},
    };
    const struct ipckit_word *f = ipckit_subject.word;
    if (f == NULL || f->load == NULL || f->store == NULL || f->add == NULL || f->compare_and_swap == NULL)
        return lacks("the implementation leaves out atomic words, or some of their functions");
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (is(roles[i].role, p->request->role.at))
            *do_step = roles[i].step;
    if (*do_step == NULL)
        return IPCKIT_OK;
    if (!p->request->offset.given)
        return needs(p->request, "offset");
    if (*do_step == flag_step || *do_step == follow_step) {
        int64_t size = p->object->region->size != NULL ? p->object->region->size(p->object->own) : 0;
        litmus.slots = size / SLOT;
        litmus.early = litmus.late = 0;
        if (litmus.slots < 2)
            return ipckit_fail(IPCKIT_INVALID, "a region of %" PRId64 " bytes has no room for slots of %d", size, SLOT);
    }
    return IPCKIT_OK;
}
