/* operation.h: the thread that carries out operations, and replies. A part of ipckit_shim.c. */

static enum ipckit_error operate(const struct request *r, struct text *out)
{
    const char *op = r->op.at;
    explanation[0] = '\0';
    if (is(op, "workload"))
        return do_workload(r, out);
    if (strncmp(op, "word.", 5) == 0)
        return do_word(r, op + 5, out);
    if (strncmp(op, "lock.", 5) == 0)
        return do_lock(r, op + 5);
    if (strncmp(op, "semaphore.", 10) == 0)
        return do_semaphore(r, op + 10);
    if (strncmp(op, "rwlock.", 7) == 0)
        return do_rwlock(r, op + 7);
    if (strncmp(op, "snapshot.", 9) == 0)
        return do_snapshot(r, op + 9, out);
    if (strncmp(op, "region.", 7) == 0)
        return do_region(r, op + 7, out);
    if (strncmp(op, "buffer.", 7) == 0)
        return do_queue(r, "buffer", op + 7, out);
    if (strncmp(op, "mailbox.", 8) == 0)
        return do_queue(r, "mailbox", op + 8, out);
    if (strncmp(op, "party.", 6) == 0)
        return do_party(r, op + 6, out);
    if (strncmp(op, "link.", 5) == 0)
        return do_link(r, op + 5, out);
    return lacks("the shim does not know this operation");
}

/* reply writes one line: the reply to a command, with further fields. */
static void reply(uint64_t id, const char *op, enum ipckit_error error, const struct text *more)
{
    static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;
    struct text line = {0};
    print(&line, "{\"id\":%" PRIu64, id);
    if (error == IPCKIT_OK) {
        print(&line, ",\"ok\":true");
    } else if (error == IPCKIT_UNSUPPORTED) {
        char what[sizeof explanation + 64];
        snprintf(what, sizeof what, "%.60s%s%s", op, explanation[0] != '\0' ? ": " : "", explanation);
        print(&line, ",\"unsupported\":");
        append_quoted(&line, what);
    } else {
        if ((size_t)error >= sizeof kinds / sizeof *kinds || kinds[error] == NULL) {
            ipckit_fail(IPCKIT_IO, "the implementation returned %d, which is no enum ipckit_error", (int)error);
            error = IPCKIT_IO;
        }
        print(&line, ",\"error\":\"%s\"", kinds[error]);
        if (explanation[0] != '\0') {
            print(&line, ",\"text\":");
            append_quoted(&line, explanation);
        }
    }
    if (more != NULL && more->size > 0)
        append(&line, more->at, more->size);
    append(&line, "}\n", 2);

    pthread_mutex_lock(&writing);
    for (size_t done = 0; done < line.size;) {
        ssize_t n = write(replies, line.at + done, line.size - done);
        if (n < 0 && errno != EINTR)
            die("the reply channel is closed");
        done += n > 0 ? (size_t)n : 0;
    }
    pthread_mutex_unlock(&writing);
    free(line.at);
}

/* work_on carries out operations, one at a time, for ever. */
static void work_on(void)
{
    for (;;) {
        pthread_mutex_lock(&lock);
        while (first == NULL)
            pthread_cond_wait(&work, &lock);
        struct request *r = first;
        pthread_mutex_unlock(&lock);

        struct text out = {0};
        enum ipckit_error error = operate(r, &out);

        pthread_mutex_lock(&lock);
        first = r->next;
        if (first == NULL)
            last = &first;
        pthread_mutex_unlock(&lock);
        atomic_fetch_add(&finished, 1);
        reply(r->id.value, r->op.at, error, &out);
        free(out.at);
        free_request(r);
    }
}
