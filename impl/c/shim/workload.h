/* workload.h: many operations by one command. A part of ipckit_shim.c. */

static enum ipckit_error do_workload(const struct request *r, struct text *out)
{
    struct object *o;
    enum ipckit_error error = held(r, NULL, &o);
    if (error != IPCKIT_OK)
        return error;
    if (r->role.at == NULL)
        return needs(r, "role");
    if (r->history.at != NULL)
        return record_workload(r, o, out);
    if (is_measured(r->role.at))
        return measure(r, o, out);
    if (o->queue == NULL)
        return take_steps(r, o, out);
    struct load l;
    if ((error = parse_load(r, &l)) != IPCKIT_OK)
        return error;
    struct own unseen = {0};
    if (r->scratch.at == NULL)
        return move_items(r, o, &l, &unseen, out);
    struct worker p = {.request = r};
    if ((error = map_scratch(&p)) == IPCKIT_OK) {
        error = move_items(r, o, &l, p.own, out);
        unmap_scratch(&p);
    }
    return error;
}
