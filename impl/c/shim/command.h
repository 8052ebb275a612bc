/* command.h: the commands of the kit, one flat JSON object a line. A part of ipckit_shim.c. */

struct string {
    char *at; /* NULL: not given */
    size_t size;
};
struct number {
    bool given;
    int64_t value;
};
struct natural {
    bool given;
    uint64_t value;
};

/* A request is one command. Its strings lie in its line. */
struct request {
    struct request *next;
    char *line;
    struct natural id, start, seed;
    struct string op, object, name, kind, data, role, world, scratch, party, history, back, samples;
    struct number size, capacity, item_max, offset, count, size_min, size_max, protocol;
    struct number initial, maximum, index, priority, pid, tries, think;
    struct number offset_back, warm, batch, every;
    struct natural value, expected;
    struct number wait;
    bool read_only, digest, markers, owned, identify;
};

enum type { STRING, NUMBER, NATURAL, BOOLEAN, WAIT };

static const struct field {
    const char *key;
    enum type type;
    size_t offset;
} fields[] = {
#define FIELD(type, name) {#name, type, offsetof(struct request, name)}
    FIELD(NATURAL, id), FIELD(STRING, op), FIELD(STRING, object), FIELD(STRING, name),
    FIELD(NUMBER, size), FIELD(STRING, kind), FIELD(NUMBER, capacity), FIELD(NUMBER, item_max),
    FIELD(NATURAL, start), FIELD(BOOLEAN, read_only), FIELD(NUMBER, offset), FIELD(STRING, data),
    FIELD(NATURAL, seed), FIELD(BOOLEAN, digest), FIELD(WAIT, wait), FIELD(STRING, role),
    FIELD(NUMBER, count), FIELD(NUMBER, size_min), FIELD(NUMBER, size_max),
    FIELD(NUMBER, protocol), FIELD(STRING, world), FIELD(BOOLEAN, markers),
    FIELD(NUMBER, initial), FIELD(NUMBER, maximum), FIELD(NUMBER, index), FIELD(STRING, scratch),
    FIELD(NATURAL, value), FIELD(NATURAL, expected), FIELD(STRING, party), FIELD(BOOLEAN, owned),
    FIELD(NUMBER, priority), FIELD(NUMBER, pid), FIELD(BOOLEAN, identify),
    FIELD(STRING, history), FIELD(NUMBER, tries), FIELD(NUMBER, think),
    FIELD(STRING, back), FIELD(STRING, samples), FIELD(NUMBER, offset_back), FIELD(NUMBER, warm),
    FIELD(NUMBER, batch), FIELD(NUMBER, every),
#undef FIELD
};

/* A cursor reads JSON out of a line that ends with a NUL. */
struct cursor {
    char *at;
    const char *problem; /* NULL: none so far */
};

static bool wrong(struct cursor *c, const char *problem)
{
    if (c->problem == NULL)
        c->problem = problem;
    return false;
}

static void skip_space(struct cursor *c) { c->at += strspn(c->at, " \t\r\n"); }

static bool skip_word(struct cursor *c, const char *word)
{
    skip_space(c);
    size_t n = strlen(word);
    if (strncmp(c->at, word, n) != 0)
        return false;
    c->at += n;
    return true;
}

static bool read_hex(const char *s, uint32_t *code)
{
    *code = 0;
    for (int i = 0; i < 4; i++) {
        char c = s[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
            : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (digit < 0)
            return false;
        *code = *code << 4 | (uint32_t)digit;
    }
    return true;
}

static char *write_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xC0 | code >> 6);
        *to++ = (char)(0x80 | (code & 63));
    } else if (code < 0x10000) {
        *to++ = (char)(0xE0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 63));
        *to++ = (char)(0x80 | (code & 63));
    } else {
        *to++ = (char)(0xF0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 63));
        *to++ = (char)(0x80 | (code >> 6 & 63));
        *to++ = (char)(0x80 | (code & 63));
    }
    return to;
}

/* read_escape reads what follows a backslash. */
static bool read_escape(struct cursor *c, char **to)
{
    static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    char letter = *c->at++;
    const char *known = letter != '\0' ? strchr(letters, letter) : NULL;
    if (known != NULL) {
        *(*to)++ = meanings[known - letters];
        return true;
    }
    uint32_t code, low;
    if (letter != 'u' || !read_hex(c->at, &code))
        return wrong(c, "a string holds an escape that JSON does not have");
    c->at += 4;
    if (code >> 10 == 0x36 && c->at[0] == '\\' && c->at[1] == 'u' && read_hex(c->at + 2, &low) && low >> 10 == 0x37) {
        code = 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF);
        c->at += 6;
    } else if (code >> 11 == 0x1B) {
        code = 0xFFFD; /* half a surrogate pair */
    }
    if (code == 0)
        return wrong(c, "a string holds a NUL character, which C cannot take");
    *to = write_utf8(*to, code);
    return true;
}

/* read_string reads a string where it stands: it only ever gets shorter. */
static bool read_string(struct cursor *c, struct string *s)
{
    if (!skip_word(c, "\""))
        return wrong(c, "a string was expected");
    char *to = s->at = c->at;
    while (*c->at != '"') {
        if ((unsigned char)*c->at < ' ')
            return wrong(c, "a string does not end");
        if (*c->at != '\\')
            *to++ = *c->at++;
        else if (c->at++, !read_escape(c, &to))
            return false;
    }
    c->at++;
    *to = '\0';
    s->size = (size_t)(to - s->at);
    return true;
}

static bool read_natural(struct cursor *c, uint64_t *value)
{
    uint64_t sum = 0;
    skip_space(c);
    if (*c->at < '0' || *c->at > '9')
        return wrong(c, "a whole number was expected");
    for (; *c->at >= '0' && *c->at <= '9'; c->at++)
        if (__builtin_mul_overflow(sum, 10, &sum) || __builtin_add_overflow(sum, (uint64_t)(*c->at - '0'), &sum))
            return wrong(c, "a number has more than 64 bits");
    if (*c->at == '.' || *c->at == 'e' || *c->at == 'E')
        return wrong(c, "a whole number was expected");
    *value = sum;
    return true;
}

static bool read_number(struct cursor *c, int64_t *value)
{
    bool negative = skip_word(c, "-");
    uint64_t size;
    if (!read_natural(c, &size))
        return false;
    if (size > (uint64_t)INT64_MAX + negative)
        return wrong(c, "a number has more than 64 bits");
    *value = negative ? (int64_t)(0 - size) : (int64_t)size;
    return true;
}

static bool read_wait(struct cursor *c, int64_t *wait)
{
    if (skip_word(c, "\"forever\""))
        *wait = IPCKIT_FOREVER;
    else if (skip_word(c, "\"never\""))
        *wait = IPCKIT_NEVER;
    else if (!read_number(c, wait) || *wait < 1)
        c->problem = "wait is \"forever\", \"never\" or a number of milliseconds above 0";
    return c->problem == NULL;
}

static bool read_value(struct cursor *c, struct request *r, const struct field *f)
{
    void *to = (char *)r + f->offset;
    switch (f->type) {
    case STRING:
        return read_string(c, to);
    case NATURAL:
        ((struct natural *)to)->given = true;
        return read_natural(c, &((struct natural *)to)->value);
    case NUMBER:
        ((struct number *)to)->given = true;
        return read_number(c, &((struct number *)to)->value);
    case WAIT:
        return read_wait(c, &((struct number *)to)->value);
    case BOOLEAN:
        *(bool *)to = skip_word(c, "true");
        return *(bool *)to || skip_word(c, "false") || wrong(c, "true or false was expected");
    }
    return false;
}

static bool read_field(struct cursor *c, struct request *r)
{
    struct string key;
    if (!read_string(c, &key))
        return false;
    if (!skip_word(c, ":"))
        return wrong(c, "a colon was expected");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strcmp(key.at, fields[i].key) == 0)
            return read_value(c, r, &fields[i]);
    static char unknown[128];
    snprintf(unknown, sizeof unknown, "the shim does not know the field %s", key.at);
    return wrong(c, unknown);
}

/* parse reads a command out of its line. It returns what is wrong with the line, or
 * NULL. Fields that were read before the mistake, such as the id, are set. */
static const char *parse(struct request *r)
{
    struct cursor c = {.at = r->line};
    r->wait.value = IPCKIT_FOREVER;
    if (!skip_word(&c, "{"))
        return "a JSON object was expected";
    if (!skip_word(&c, "}")) {
        do {
            if (!read_field(&c, r))
                return c.problem;
        } while (skip_word(&c, ","));
        if (!skip_word(&c, "}"))
            return "a comma or the end of the object was expected";
    }
    skip_space(&c);
    if (*c.at != '\0')
        return "something follows the object";
    if (r->id.value == 0 || r->op.at == NULL)
        return "a command needs id and op";
    return NULL;
}

static void free_request(struct request *r)
{
    free(r->line);
    free(r);
}
