/* history.h: records operations with their times, for a checker that reads them
 * when all processes have ended. A part of ipckit_shim.c. The format is that of
 * ipckit's package history: a header of 128 bytes, then records of 32 bytes each,
 * little-endian. */

enum { HISTORY_VERSION = 1, HISTORY_HEADER = 128, CLOCK_IS_MONOTONIC = 1, FULL_FENCE = 1 };

enum kind {
    KIND_SEND = 1, KIND_RECEIVE, KIND_WRITE, KIND_READ, KIND_SWAP, KIND_ADD, KIND_LOCK, KIND_UNLOCK,
    KIND_LOCK_READ, KIND_UNLOCK_READ, KIND_WAIT, KIND_POST, KIND_CONTINUATION = 255
};

enum status { STATUS_OK, STATUS_EMPTY, STATUS_FULL, STATUS_TIMEOUT, STATUS_CORRUPT, STATUS_EOF, STATUS_FAILED, STATUS_UNKNOWN = 8 };

/* Added to the end of each operation if no fence guarantees that its stores are
 * visible by then, ns. */
#if defined(__x86_64__)
enum { VISIBILITY_DELAY = 0 };
#else
enum { VISIBILITY_DELAY = 2000 };
#endif

struct record {
    _Atomic int64_t begun; /* ns */
    _Atomic int64_t ended; /* 0: it has not ended */
    uint64_t value;
    _Atomic uint64_t rest; /* aux, 32 bits; object, 16; kind, 8; status, 8 */
};

_Static_assert(sizeof(struct record) == 32, "records");

/* A recorder writes the operations of one thread. */
struct recorder {
    int file;
    unsigned char *base;
    struct record *records;
    int64_t capacity, next;
    struct record *open; /* the operation begun last */
};

static bool little_endian(void)
{
    const uint16_t one = 1;
    return *(const unsigned char *)&one == 1;
}

/* now is the time in ns. */
static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* boot_id reads the id of the boot that the clock belongs to. */
static bool boot_id(unsigned char *id)
{
    FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
    if (f == NULL)
        return false;
    int n = 0;
    unsigned byte;
    while (n < 16 && fscanf(f, n == 4 || n == 6 || n == 8 || n == 10 ? "-%2x" : "%2x", &byte) == 1)
        id[n++] = (unsigned char)byte;
    fclose(f);
    return n == 16;
}

static void put32(unsigned char *at, uint32_t v) { memcpy(at, &v, sizeof v); }
static void put64(unsigned char *at, uint64_t v) { memcpy(at, &v, sizeof v); }

/* start_recorder makes the file, with room for all records: a full disk is an
 * error here, not a SIGBUS later. */
static enum ipckit_error start_recorder(struct recorder *r, const char *path, uint32_t process, int64_t capacity)
{
    size_t size = HISTORY_HEADER + (size_t)capacity * sizeof(struct record);
    unsigned char boot[16];
    if (!boot_id(boot))
        return ipckit_fail(IPCKIT_IO, "history %s: /proc/sys/kernel/random/boot_id cannot be read, and with it whose clock this is", path);
    *r = (struct recorder){.file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), .capacity = capacity};
    if (r->file < 0)
        return ipckit_fail(IPCKIT_IO, "history %s: %s", path, strerror(errno));
    void *base = MAP_FAILED;
    int number = posix_fallocate(r->file, 0, (off_t)size);
    if (number == 0) {
        base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->file, 0);
        number = errno;
    }
    if (base == MAP_FAILED) {
        close(r->file);
        unlink(path);
        return ipckit_fail(IPCKIT_IO, "history %s: no room for %" PRId64 " records: %s", path, capacity, strerror(number));
    }
    r->base = base;
    r->records = (struct record *)(r->base + HISTORY_HEADER);
    memcpy(r->base, "ipckhist", 8);
    put32(r->base + 8, HISTORY_VERSION);
    put32(r->base + 12, HISTORY_HEADER);
    put32(r->base + 16, (uint32_t)getpid());
    put32(r->base + 20, (uint32_t)syscall(SYS_gettid));
    put32(r->base + 24, process);
    put32(r->base + 28, CLOCK_IS_MONOTONIC);
    put64(r->base + 32, (uint64_t)capacity);
    put32(r->base + 40, FULL_FENCE);
    put32(r->base + 44, VISIBILITY_DELAY);
    memcpy(r->base + 48, boot, sizeof boot);
    return IPCKIT_OK;
}

/* stop_recorder writes the number of records, and cuts the file after them. */
static void stop_recorder(struct recorder *r)
{
    if (r->base == NULL)
        return;
    put64(r->base + 64, (uint64_t)r->next + 1);
    if (ftruncate(r->file, (off_t)(HISTORY_HEADER + r->next * (int64_t)sizeof(struct record))) < 0)
        put64(r->base + 64, 0); /* the reader counts them itself */
    munmap(r->base, HISTORY_HEADER + (size_t)r->capacity * sizeof(struct record));
    close(r->file);
}

static int64_t records_left(const struct recorder *r) { return r->capacity - r->next; }

static uint64_t rest_of(enum kind kind, enum status status, uint32_t aux)
{
    return (uint64_t)status << 56 | (uint64_t)kind << 48 | aux;
}

/* begin records that an operation is about to start. It returns false if the file
 * is full, and then the operation must not be done. The operation loads after the
 * time is read: a store with a fence ensures that. */
static bool begin(struct recorder *r, enum kind kind, uint64_t value, uint32_t aux)
{
    if (records_left(r) < 1)
        return false;
    r->open = &r->records[r->next++];
    r->open->value = value;
    atomic_store_explicit(&r->open->rest, rest_of(kind, STATUS_OK, aux), memory_order_relaxed);
    atomic_store(&r->open->begun, now());
    return true;
}

/* end records that the operation has returned. The time is read after its stores
 * are visible to other processes: on x86-64 the exchange waits for that. */
static void end(struct recorder *r, enum status status)
{
    uint64_t rest = atomic_load_explicit(&r->open->rest, memory_order_relaxed) & ~((uint64_t)0xff << 56);
    atomic_exchange(&r->open->rest, rest | (uint64_t)status << 56);
    atomic_store_explicit(&r->open->ended, now(), memory_order_relaxed);
}

static void end_with(struct recorder *r, enum status status, uint64_t value)
{
    r->open->value = value;
    end(r, status);
}

/* begin_swap and end_swap record a compare-and-swap, in two records: the second
 * holds what was expected, and what was found. */
static bool begin_swap(struct recorder *r, uint64_t expected, uint64_t value)
{
    if (records_left(r) < 2)
        return false;
    struct record *second = &r->records[r->next + 1];
    atomic_store_explicit(&second->begun, (int64_t)expected, memory_order_relaxed);
    atomic_store_explicit(&second->rest, rest_of(KIND_CONTINUATION, STATUS_OK, 0), memory_order_relaxed);
    begin(r, KIND_SWAP, value, 0);
    r->next++;
    return true;
}

static void end_swap(struct recorder *r, enum status status, uint64_t found)
{
    atomic_store_explicit(&r->open[1].ended, (int64_t)found, memory_order_relaxed);
    end(r, status);
}

/* Items that stand for a value: bytes that they need at least to carry its name,
 * and to carry the value itself with a checksum. */
enum { NAMED_ITEM = 4, SUMMED_ITEM = 16 };

static uint64_t item_sum(const unsigned char *item, size_t size)
{
    const uint64_t prime = 0x100000001b3;
    uint64_t sum = 0xcbf29ce484222325, word;
    memcpy(&word, item, 8);
    sum = (sum ^ size) * prime;
    sum = (sum ^ word) * prime;
    for (size_t at = SUMMED_ITEM; at < size; at += 8) {
        word = 0;
        memcpy(&word, item + at, size - at < 8 ? size - at : 8);
        sum = (sum ^ word) * prime;
    }
    sum ^= sum >> 32;
    return sum * 0x9e3779b97f4a7c15;
}

/* name_item writes the item that stands for a value. It returns false if the item
 * is too short for that value. */
static bool name_item(unsigned char *item, size_t size, uint64_t value)
{
    if (size < SUMMED_ITEM) {
        uint32_t producer = (uint32_t)(value >> 32), number = (uint32_t)value, id = producer << 28 | number;
        if (size < NAMED_ITEM || producer >= 1U << 4 || number >= 1U << 28)
            return false;
        for (size_t at = 0; at < size; at += 4)
            memcpy(item + at, &id, size - at < 4 ? size - at : 4);
        return true;
    }
    memcpy(item, &value, 8);
    uint64_t pattern = (value + 1) * 0x9e3779b97f4a7c15;
    for (size_t at = SUMMED_ITEM; at < size; at += 8, pattern += 0x0101010101010101)
        memcpy(item + at, &pattern, size - at < 8 ? size - at : 8);
    uint64_t sum = item_sum(item, size);
    memcpy(item + 8, &sum, 8);
    return true;
}

/* named_by reads the value that an item stands for. It returns false if the item is
 * damaged. */
static bool named_by(const unsigned char *item, size_t size, uint64_t *value)
{
    *value = 0;
    if (size < NAMED_ITEM)
        return false;
    if (size < SUMMED_ITEM) {
        for (size_t i = 4; i < size; i++)
            if (item[i] != item[i % 4])
                return false;
        uint32_t id;
        memcpy(&id, item, sizeof id);
        *value = (uint64_t)(id >> 28) << 32 | (id & 0xfffffff);
        return true;
    }
    uint64_t sum;
    memcpy(value, item, 8);
    memcpy(&sum, item + 8, 8);
    return sum == item_sum(item, size);
}
