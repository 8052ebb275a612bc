/*
 * Atomic words in regions: C11 atomics, sequentially consistent. A lock-free
 * _Atomic works between processes as it does between threads (C11 7.17.5,
 * "address-free").
 */
#include "families.h"

#include <stdatomic.h>

/* word_at returns the word at an offset; NULL if there is none. */
static _Atomic uint64_t *word_at(void *handle, int64_t offset)
{
    struct region *r = handle;
    if (offset < 0 || offset % 8 != 0 || r->size < 8 || (uint64_t)offset > r->size - 8)
        return NULL;
    return (_Atomic uint64_t *)(r->base + offset);
}

static enum ipckit_error misplaced(int64_t offset)
{
    return ipckit_fail(IPCKIT_INVALID, "no word at offset %lld: want a multiple of 8 inside the region", (long long)offset);
}

/* changeable finds a word, if this process may change it. */
static enum ipckit_error changeable(void *handle, int64_t offset, _Atomic uint64_t **w)
{
    if (((struct region *)handle)->read_only)
        return ipckit_fail(IPCKIT_PERMISSION, "the region was opened read-only");
    *w = word_at(handle, offset);
    return *w == NULL ? misplaced(offset) : IPCKIT_OK;
}

static enum ipckit_error word_load(void *handle, int64_t offset, uint64_t *value)
{
    _Atomic uint64_t *w = word_at(handle, offset);
    if (w == NULL)
        return misplaced(offset);
    *value = atomic_load(w);
    return IPCKIT_OK;
}

static enum ipckit_error word_store(void *handle, int64_t offset, uint64_t value)
{
    _Atomic uint64_t *w;
    enum ipckit_error error = changeable(handle, offset, &w);
    if (error == IPCKIT_OK)
        atomic_store(w, value);
    return error;
}

static enum ipckit_error word_add(void *handle, int64_t offset, uint64_t delta, uint64_t *before)
{
    _Atomic uint64_t *w;
    enum ipckit_error error = changeable(handle, offset, &w);
    if (error == IPCKIT_OK)
        *before = atomic_fetch_add(w, delta);
    return error;
}

static enum ipckit_error word_compare_and_swap(void *handle, int64_t offset, uint64_t expected, uint64_t value,
    uint64_t *held, bool *swapped)
{
    _Atomic uint64_t *w;
    enum ipckit_error error = changeable(handle, offset, &w);
    if (error == IPCKIT_OK) {
        *held = expected;
        *swapped = atomic_compare_exchange_strong(w, held, value); /* stores the value that was there in held */
    }
    return error;
}

const struct ipckit_word word = {
    .load = word_load,
    .store = word_store,
    .add = word_add,
    .compare_and_swap = word_compare_and_swap,
};
