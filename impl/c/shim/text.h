/* text.h: JSON text that grows. A part of ipckit_shim.c. */

struct text {
    char *at;
    size_t size, room;
};

/* reserve makes room for more bytes and returns where they go. */
static char *reserve(struct text *t, size_t more)
{
    if (t->room - t->size < more) {
        t->room = 2 * t->room + more;
        t->at = realloc(t->at, t->room);
        if (t->at == NULL)
            die("out of memory");
    }
    return t->at + t->size;
}

static void append(struct text *t, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    memcpy(reserve(t, n), bytes, n);
    t->size += n;
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void print(struct text *t, const char *format, ...)
{
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    append(t, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1);
}

/* character returns the length of the UTF-8 sequence that s begins with; 0 if it is
 * not valid. */
static size_t character(const unsigned char *s)
{
    size_t n = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;
    for (size_t i = 1; i < n; i++)
        if (s[i] >> 6 != 2)
            return 0;
    return n;
}

static void append_quoted(struct text *t, const char *string)
{
    append(t, "\"", 1);
    for (const unsigned char *s = (const unsigned char *)string; *s != '\0';) {
        size_t n = character(s);
        if (n == 0)
            append(t, "?", 1);
        else if (*s == '"' || *s == '\\')
            print(t, "\\%c", *s);
        else if (*s < ' ')
            print(t, "\\u%04x", (unsigned)*s);
        else
            append(t, s, n);
        s += n > 0 ? n : 1;
    }
    append(t, "\"", 1);
}

static void append_base64(struct text *t, const unsigned char *p, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *to = reserve(t, (n + 2) / 3 * 4);
    for (size_t i = 0; i < n; i += 3) {
        uint32_t group = (uint32_t)p[i] << 16;
        group |= i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0;
        group |= i + 2 < n ? p[i + 2] : 0;
        *to++ = digits[group >> 18];
        *to++ = digits[group >> 12 & 63];
        *to++ = i + 1 < n ? digits[group >> 6 & 63] : '=';
        *to++ = i + 2 < n ? digits[group & 63] : '=';
    }
    t->size += (n + 2) / 3 * 4;
}

static int base64_digit(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26
        : c >= '0' && c <= '9' ? c - '0' + 52 : c == '+' ? 62 : c == '/' ? 63 : -1;
}
