/* payload.h: bytes that commands carry, that are generated, or that are hashed. A part of ipckit_shim.c. */

/* Steele, Lea and Flood's generator (OOPSLA 2014). */
static uint64_t splitmix64(uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

/* generate fills p with the bytes that belong to seed: word i, little-endian, is
 * splitmix64(seed + i). */
static void generate(unsigned char *p, size_t size, uint64_t seed)
{
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = splitmix64(seed + i / 8);
        for (size_t k = 0; k < 8 && i + k < size; k++)
            p[i + k] = (unsigned char)(word >> 8 * k);
    }
}

/* hash is FNV-1a with 64 bits. */
static uint64_t hash(const unsigned char *p, size_t size)
{
    uint64_t h = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++)
        h = (h ^ p[i]) * 0x100000001b3;
    return h;
}

static enum ipckit_error decode(const struct string *data, unsigned char **p, size_t *size)
{
    size_t digits = data->size;
    if (digits % 4 != 0)
        return ipckit_fail(IPCKIT_INVALID, "data are not base64: %zu characters are no multiple of 4", digits);
    for (int i = 0; i < 2 && digits > 0 && data->at[digits - 1] == '='; i++)
        digits--;
    *size = digits / 4 * 3 + (digits % 4 > 0 ? digits % 4 - 1 : 0);
    *p = allocate(*size); /* exactly: tools that check memory notice an access beyond it */
    uint32_t bits = 0;
    for (size_t i = 0, n = 0; i < digits; i++) {
        int digit = base64_digit(data->at[i]);
        if (digit < 0) {
            free(*p);
            return ipckit_fail(IPCKIT_INVALID, "data are not base64: character %zu", i);
        }
        bits = bits << 6 | (uint32_t)digit;
        if (i % 4 > 0)
            (*p)[n++] = (unsigned char)(bits >> (6 - i % 4 * 2));
    }
    return IPCKIT_OK;
}

/* payload makes the bytes that a command carries; the caller frees them. */
static enum ipckit_error payload(const struct request *r, unsigned char **p, size_t *size)
{
    if (r->data.at != NULL)
        return decode(&r->data, p, size);
    if (!r->size.given || !r->seed.given)
        return ipckit_fail(IPCKIT_INVALID, "%s needs data, or size and seed", r->op.at);
    if (r->size.value < 0 || r->size.value > MAX_GENERATED)
        return ipckit_fail(IPCKIT_INVALID, "a payload of %" PRId64 " bytes cannot be generated", r->size.value);
    *size = (size_t)r->size.value;
    *p = allocate(*size);
    generate(*p, *size, r->seed.value);
    return IPCKIT_OK;
}

/* room makes memory to read into, filled with bytes that are neither zeros nor an
 * item. */
static enum ipckit_error room(const struct request *r, int64_t size, unsigned char **p)
{
    if (size < 0 || size > MAX_GENERATED)
        return ipckit_fail(IPCKIT_INVALID, "%s of %" PRId64 " bytes: want 0 to %" PRId64, r->op.at, size, MAX_GENERATED);
    *p = allocate((size_t)size);
    memset(*p, OVERWRITTEN, (size_t)size);
    return IPCKIT_OK;
}

/* show adds what was read to the reply. */
static enum ipckit_error show(const struct request *r, struct text *out, const unsigned char *p, size_t size)
{
    if (r->digest) {
        print(out, ",\"size\":%zu,\"hash\":\"%016" PRIx64 "\"", size, hash(p, size));
        return IPCKIT_OK;
    }
    if ((int64_t)size > MAX_DATA)
        return ipckit_fail(IPCKIT_INVALID, "%zu bytes do not fit into a reply: ask for a digest", size);
    print(out, ",\"data\":\"");
    append_base64(out, p, size);
    append(out, "\"", 1);
    return IPCKIT_OK;
}
