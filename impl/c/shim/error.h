/* error.h: the errors of operations. A part of ipckit_shim.c. */

static const char *const kinds[] = {
    [IPCKIT_EXISTS] = "exists", [IPCKIT_NOT_FOUND] = "not-found", [IPCKIT_FULL] = "full",
    [IPCKIT_EMPTY] = "empty", [IPCKIT_TIMEOUT] = "timeout", [IPCKIT_CLOSED] = "closed",
    [IPCKIT_TOO_LARGE] = "too-large", [IPCKIT_PEER_DEAD] = "peer-dead",
    [IPCKIT_OWNER_DEAD] = "owner-dead", [IPCKIT_PERMISSION] = "permission",
    [IPCKIT_INVALID] = "invalid", [IPCKIT_NO_SPACE] = "no-space",
    [IPCKIT_INTERRUPTED] = "interrupted", [IPCKIT_IO] = "io",
};

static _Thread_local char explanation[512]; /* of the last error */

enum ipckit_error ipckit_fail(enum ipckit_error error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(explanation, sizeof explanation, format, arguments);
    va_end(arguments);
    return error;
}

static enum ipckit_error meaning(int number)
{
    switch (number) {
    case EEXIST:
        return IPCKIT_EXISTS;
    case ENOENT:
        return IPCKIT_NOT_FOUND;
    case ETIMEDOUT:
        return IPCKIT_TIMEOUT;
    case EMSGSIZE:
        return IPCKIT_TOO_LARGE;
    case EPIPE:
        return IPCKIT_CLOSED;
    case EACCES:
    case EPERM:
        return IPCKIT_PERMISSION;
    case EINVAL:
    case EFBIG:
    case EOVERFLOW:
    case ENAMETOOLONG:
    case EISDIR:
    case ENOTDIR:
        return IPCKIT_INVALID;
    case ENOMEM:
    case ENOSPC:
    case EMFILE:
    case ENFILE:
        return IPCKIT_NO_SPACE;
    case EOWNERDEAD:
    case ENOTRECOVERABLE:
        return IPCKIT_OWNER_DEAD;
    case EINTR:
    case ECANCELED:
        return IPCKIT_INTERRUPTED;
    case ENOSYS:
    case EOPNOTSUPP:
        return IPCKIT_UNSUPPORTED;
    }
    return IPCKIT_IO;
}

enum ipckit_error ipckit_errno(const char *what)
{
    int number = errno;
    return ipckit_fail(meaning(number), "%s: %s", what, strerror(number));
}
