/* object.h: the objects behind handles, and the state that the two threads share. A part of ipckit_shim.c. */

/* An object has a handle, which the kit chose. Mailboxes and links are treated as buffers. */
struct object {
    struct object *next;
    char *handle;
    const char *family; /* region, lock, semaphore, rwlock, snapshot, buffer, mailbox, party or link */
    const struct ipckit_region *region;
    const struct ipckit_buffer *queue;
    void *own; /* what the implementation made */
    const struct object *party; /* of a link */
    bool read_only;
    bool stream; /* it has no message boundaries */
    int64_t item_max; /* room for an item that is got, bytes */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards what follows */
static pthread_cond_t work = PTHREAD_COND_INITIALIZER;
static struct object *objects;
static struct request *first, **last = &first; /* operations; the first is under way */

static atomic_uint_fast64_t finished; /* operations and items of workloads */
static atomic_bool markers;
static int commands, replies; /* descriptors */

static void mark(long number)
{
    if (atomic_load(&markers)) {
        int saved = errno;
        syscall(number);
        errno = saved;
    }
}

/* CALL calls a function of the implementation. */
#define CALL(result, ...)       \
    do {                        \
        explanation[0] = '\0';  \
        mark(MARK_BEGIN);       \
        (result) = __VA_ARGS__; \
        mark(MARK_END);         \
    } while (0)

static struct object *find(const char *handle)
{
    pthread_mutex_lock(&lock);
    struct object *o = objects;
    while (o != NULL && (handle == NULL || strcmp(o->handle, handle) != 0))
        o = o->next;
    pthread_mutex_unlock(&lock);
    return o;
}

static void keep(const struct request *r, struct object o)
{
    struct object *kept = allocate(sizeof *kept);
    *kept = o;
    kept->handle = strdup(r->object.at);
    if (kept->handle == NULL)
        die("out of memory");
    pthread_mutex_lock(&lock);
    kept->next = objects;
    objects = kept;
    pthread_mutex_unlock(&lock);
}

static void forget(struct object *o)
{
    pthread_mutex_lock(&lock);
    struct object **at = &objects;
    while (*at != o)
        at = &(*at)->next;
    *at = o->next;
    pthread_mutex_unlock(&lock);
    free(o->handle);
    free(o);
}

static enum ipckit_error lacks(const char *what) { return ipckit_fail(IPCKIT_UNSUPPORTED, "%s", what); }

#define LACKS_FUNCTION lacks("the implementation leaves this function out")

static enum ipckit_error needs(const struct request *r, const char *what)
{
    return ipckit_fail(IPCKIT_INVALID, "%s needs %s", r->op.at, what);
}

static bool is(const char *word, const char *other) { return strcmp(word, other) == 0; }

/* vacant refuses a handle that is in use or empty. */
static enum ipckit_error vacant(const struct request *r)
{
    if (r->object.at == NULL || r->object.size == 0)
        return needs(r, "object, the handle to give");
    if (find(r->object.at) != NULL)
        return ipckit_fail(IPCKIT_INVALID, "the handle %s is in use", r->object.at);
    return IPCKIT_OK;
}

/* held finds the object of a command, and refuses one of another family. */
static enum ipckit_error held(const struct request *r, const char *family, struct object **o)
{
    if (r->object.at == NULL)
        return needs(r, "object");
    *o = find(r->object.at);
    if (*o == NULL)
        return ipckit_fail(IPCKIT_INVALID, "there is no object with the handle %s", r->object.at);
    if (family != NULL && strcmp((*o)->family, family) != 0)
        return ipckit_fail(IPCKIT_INVALID, "%s does not fit %s, which is a %s", r->op.at, r->object.at, (*o)->family);
    return IPCKIT_OK;
}
