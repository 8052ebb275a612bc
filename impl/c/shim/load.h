/* load.h: the items of a workload. A part of ipckit_shim.c. */

struct load {
    uint64_t seed;
    int64_t count, low, high;
};

static uint64_t item_seed(uint64_t seed, int64_t i) { return splitmix64(seed ^ splitmix64((uint64_t)i)); }

static size_t item_size(const struct load *l, int64_t i)
{
    return (size_t)(l->low + (int64_t)(item_seed(l->seed + 1, i) % (uint64_t)(l->high - l->low + 1)));
}

/* make_item writes item i to p and returns its size. */
static size_t make_item(const struct load *l, int64_t i, unsigned char *p)
{
    size_t size = item_size(l, i);
    generate(p, size, item_seed(l->seed, i));
    return size;
}

static enum ipckit_error parse_load(const struct request *r, struct load *l)
{
    if (!r->count.given || !r->size_min.given || !r->size_max.given || !r->seed.given)
        return needs(r, "count, size_min, size_max and seed");
    *l = (struct load){r->seed.value, r->count.value, r->size_min.value, r->size_max.value};
    if (l->count < 0 || l->low < 0 || l->high < l->low || l->high > MAX_GENERATED)
        return ipckit_fail(IPCKIT_INVALID, "%" PRId64 " items of %" PRId64 " to %" PRId64 " bytes make no sense", l->count, l->low, l->high);
    return IPCKIT_OK;
}
