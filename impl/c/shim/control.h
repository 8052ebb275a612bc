/* control.h: the thread that reads commands. A part of ipckit_shim.c. */

static void hello(const struct request *r, int thread)
{
    const struct ipckit_subject *s = &ipckit_subject;
    struct text out = {0};
    atomic_store(&markers, r->markers);
    print(&out, ",\"protocol\":%d,\"language\":\"C\",\"thread\":%d", PROTOCOL, thread);
    print(&out, ",\"overwrites\":true,\"interrupts\":true,\"measures\":true");
    if (little_endian())
        print(&out, ",\"records\":true");
    if (s->name != NULL) {
        print(&out, ",\"subject\":");
        append_quoted(&out, s->name);
    }
    if (s->version != NULL) {
        print(&out, ",\"version\":");
        append_quoted(&out, s->version);
    }
    if ((s->one_to_one != NULL && s->one_to_one->cancel != NULL) || (s->many != NULL && s->many->cancel != NULL)
        || (s->mailbox != NULL && s->mailbox->cancel != NULL)
        || (s->link != NULL && s->link->cancel != NULL))
        print(&out, ",\"cancel\":true");
    reply(r->id.value, r->op.at, IPCKIT_OK, &out);
    free(out.at);
}

static void status(const struct request *r)
{
    struct text out = {0};
    pthread_mutex_lock(&lock);
    print(&out, ",\"state\":\"%s\"", first != NULL ? "busy" : "idle");
    if (first != NULL) {
        print(&out, ",\"busy\":");
        append_quoted(&out, first->op.at);
    }
    pthread_mutex_unlock(&lock);
    print(&out, ",\"finished\":%" PRIuFAST64, atomic_load(&finished));
    reply(r->id.value, r->op.at, IPCKIT_OK, &out);
    free(out.at);
}

/* cancel ends the operation under way. Its object cannot be detached meanwhile: a
 * detach would come through this thread. */
static void cancel(const struct request *r)
{
    enum ipckit_error error = IPCKIT_OK;
    explanation[0] = '\0';
    pthread_mutex_lock(&lock);
    const struct object *o = NULL;
    bool busy = first != NULL;
    if (busy && first->object.at != NULL && strstr(first->op.at, ".detach") == NULL)
        for (o = objects; o != NULL && !is(o->handle, first->object.at);)
            o = o->next;
    pthread_mutex_unlock(&lock);
    if (o != NULL && o->queue != NULL && o->queue->cancel != NULL)
        error = o->queue->cancel(o->own);
    else if (busy)
        error = lacks("the operation under way cannot be cancelled");
    reply(r->id.value, r->op.at, error, NULL);
}

/* next_line returns the next line, ended by a NUL instead of a newline; the caller
 * frees it. Of a line that is too long it returns the beginning. NULL: there are no
 * more commands. */
static char *next_line(bool *too_long)
{
    static char chunk[1 << 16];
    static size_t start, end;
    struct text line = {0};
    *too_long = false;
    for (;;) {
        if (start == end) {
            ssize_t n = read(commands, chunk, sizeof chunk);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0) {
                free(line.at);
                return NULL;
            }
            start = 0;
            end = (size_t)n;
        }
        char *newline = memchr(chunk + start, '\n', end - start);
        size_t n = newline != NULL ? (size_t)(newline - chunk) - start : end - start;
        *too_long = *too_long || line.size + n > MAX_LINE;
        if (!*too_long)
            append(&line, chunk + start, n);
        start += n;
        if (newline != NULL) {
            start++;
            append(&line, "", 1);
            return line.at;
        }
    }
}

static void queue_operation(struct request *r)
{
    pthread_mutex_lock(&lock);
    *last = r;
    last = &r->next;
    pthread_cond_signal(&work);
    pthread_mutex_unlock(&lock);
}

/* take handles one command, and frees it unless it is an operation. */
static void take(struct request *r, bool too_long, int thread)
{
    const char *problem = parse(r);
    if (too_long)
        problem = "the line is longer than 16 MiB";
    if (problem != NULL) {
        explanation[0] = '\0';
        if (r->id.value != 0)
            reply(r->id.value, "", ipckit_fail(IPCKIT_INVALID, "%s", problem), NULL);
        else
            fprintf(stderr, "ipckit agent: a command without an id cannot be answered (%s)\n", problem);
    } else if (is(r->op.at, "hello")) {
        hello(r, thread);
    } else if (is(r->op.at, "status")) {
        status(r);
    } else if (is(r->op.at, "cancel")) {
        cancel(r);
    } else if (is(r->op.at, "bye")) {
        reply(r->id.value, r->op.at, IPCKIT_OK, NULL);
        exit(0);
    } else {
        queue_operation(r);
        return;
    }
    free_request(r);
}

static void *control(void *thread)
{
    for (;;) {
        bool too_long;
        char *line = next_line(&too_long);
        if (line == NULL)
            exit(0); /* the kit has gone */
        struct request *r = calloc(1, sizeof *r);
        if (r == NULL)
            die("out of memory");
        r->line = line;
        take(r, too_long, *(int *)thread);
    }
}
