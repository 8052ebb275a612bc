/* publishing.h: workloads on snapshots. A part of ipckit_shim.c. */

/* Bytes that a record needs at least to carry its number. */
enum { NAMED_RECORD = 16 };

/* The state of a workload on a snapshot. There is one workload at a time. */
static struct {
    struct load load;
    unsigned char *want, *into;
    size_t room;
    uint64_t seen[PROCESSES]; /* the latest record of each writer */
} publishing;

/* make_record writes record i, from 1, of a writer to b, and returns its size. */
static size_t make_record(unsigned char *b, uint64_t writer, int64_t i)
{
    struct load l = publishing.load;
    l.seed += writer;
    size_t size = item_size(&l, i);
    if (size < NAMED_RECORD) {
        memset(b, (int)(1 + i % 255), size);
        return size;
    }
    uint64_t name = writer << 32 | (uint64_t)i;
    memcpy(b, &name, sizeof name);
    generate(b + sizeof name, size - sizeof name, item_seed(l.seed, i));
    return size;
}

static enum ipckit_error publish_step(struct worker *p, int64_t i)
{
    size_t size = make_record(publishing.want, (uint64_t)p->index, i + 1);
    enum ipckit_error error = ipckit_subject.snapshot->publish(p->object->own, publishing.want, size);
    if (error != IPCKIT_OK)
        return error;
    memset(publishing.want, OVERWRITTEN, size);
    atomic_store(&p->own->published, (uint64_t)i + 1);
    return IPCKIT_OK;
}

static void judge_record(struct worker *p, int64_t i, size_t size, const uint64_t *published)
{
    const unsigned char *got = publishing.into;
    if (size < NAMED_RECORD) {
        for (size_t k = 1; k < size; k++)
            if (got[k] != got[0]) {
                fault(p, i, "parts of different records: byte 0 is 0x%02x, byte %zu is 0x%02x", got[0], k, got[k]);
                return;
            }
        return;
    }
    uint64_t name;
    memcpy(&name, got, sizeof name);
    uint64_t writer = name >> 32, number = name & 0xffffffff;
    if (writer >= PROCESSES || number == 0 || make_record(publishing.want, writer, (int64_t)number) != size
        || memcmp(publishing.want, got, size) != 0) {
        fault(p, i, "%zu bytes that no publish wrote; they begin like record %" PRIu64 " of writer %" PRIu64, size, number, writer);
        return;
    }
    if (number + 1 < publishing.seen[writer]) /* the record before may be read until the publish of the last has returned */
        fault(p, i, "record %" PRIu64 " of writer %" PRIu64 " after record %" PRIu64 " had been read", number, writer, publishing.seen[writer]);
    else if (number < published[writer])
        fault(p, i, "record %" PRIu64 " of writer %" PRIu64 ", although the publish of record %" PRIu64 " had returned before the read began",
            number, writer, published[writer]);
    if (number > publishing.seen[writer])
        publishing.seen[writer] = number;
}

static enum ipckit_error snapshot_read_step(struct worker *p, int64_t i)
{
    uint64_t published[PROCESSES];
    size_t size = 0;
    enum ipckit_error error;
    for (int w = 0; w < PROCESSES; w++)
        published[w] = atomic_load(&p->scratch->of[w].published);
    while ((error = ipckit_subject.snapshot->read(p->object->own, publishing.into, publishing.room, &size)) == IPCKIT_EMPTY) {
        p->refused++;
        sched_yield();
    }
    if (error != IPCKIT_OK)
        return error;
    if (size > publishing.room)
        return impossible(size, publishing.room);
    judge_record(p, i, size, published);
    return IPCKIT_OK;
}

/* start_publishing returns the step of a role at a snapshot. */
static enum ipckit_error start_publishing(struct worker *p, step **do_step)
{
    const struct ipckit_snapshot *f = ipckit_subject.snapshot;
    bool publish = is(p->request->role.at, "publish");
    if (!publish && !is(p->request->role.at, "read"))
        return IPCKIT_OK;
    if (publish ? f->publish == NULL : f->read == NULL)
        return LACKS_FUNCTION;
    enum ipckit_error error = parse_load(p->request, &publishing.load);
    if (error != IPCKIT_OK)
        return error;
    int64_t most = publishing.load.high > p->object->item_max ? publishing.load.high : p->object->item_max;
    publishing.want = allocate((size_t)most);
    publishing.into = allocate((size_t)most);
    publishing.room = (size_t)most;
    memset(publishing.seen, 0, sizeof publishing.seen);
    *do_step = publish ? publish_step : snapshot_read_step;
    return IPCKIT_OK;
}
