/* worker.h: how workloads run whose processes watch each other. A part of ipckit_shim.c. */

/* judges reports whether a role checks what it sees. */
static bool judges(const char *role)
{
    static const char *const silent[] = {"put", "send", "post", "publish", "store", "flag", "dekker", "stream", "paced"};
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
        if (is(role, silent[i]))
            return false;
    return true;
}

/* report_faults says what a workload that judges saw. */
static void report_faults(const struct worker *p, struct text *out)
{
    if (judges(p->request->role.at))
        print(out, ",\"wrong\":%" PRId64 ",\"refused\":%" PRId64, p->wrong, p->refused);
    if (p->wrong > 0) {
        print(out, ",\"wrong_at\":%" PRId64 ",\"wrong_text\":", p->wrong_at);
        append_quoted(out, p->wrong_text);
    }
}

/* run carries out the steps, and reports the progress also if it ends with an
 * error. */
static enum ipckit_error run(struct worker *p, step *do_step, struct text *out)
{
    enum ipckit_error error = IPCKIT_OK;
    int64_t done = 0;
    while (done < p->request->count.value) {
        explanation[0] = '\0';
        if ((error = do_step(p, done)) != IPCKIT_OK)
            break;
        done++;
        atomic_fetch_add(&finished, 1);
    }
    print(out, ",\"done\":%" PRId64, done);
    report_faults(p, out);
    if (is(p->request->role.at, "follow"))
        print(out, ",\"outcomes\":\"flag unseen=%" PRId64 " flag and data seen=%" PRId64 " flag without data=%" PRId64 "\"",
            litmus.early, litmus.late, p->wrong);
    return error;
}

/* take_steps carries out a workload that does not transfer items. */
static enum ipckit_error take_steps(const struct request *r, struct object *o, struct text *out)
{
    struct worker p = {.request = r, .object = o};
    step *do_step = NULL;
    enum ipckit_error error = complete(r, o->family);
    if (error != IPCKIT_OK)
        return error;
    if (!r->count.given || r->count.value < 0)
        return needs(r, "count, 0 or more");
    if (is(o->family, "region"))
        error = wording(&p, &do_step);
    else if (is(o->family, "snapshot"))
        error = start_publishing(&p, &do_step);
    else
        do_step = synchronising(r, o->family);
    if (error == IPCKIT_OK && do_step == NULL)
        error = ipckit_fail(IPCKIT_INVALID, "role %s does not fit a %s", r->role.at, o->family);
    if (error == IPCKIT_OK && (error = map_scratch(&p)) == IPCKIT_OK) {
        error = run(&p, do_step, out);
        unmap_scratch(&p);
    }
    free(publishing.want);
    free(publishing.into);
    publishing.want = publishing.into = NULL;
    return error;
}
