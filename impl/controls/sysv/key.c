#include "key.h"

enum ipckit_error key_of(const char *name, key_t *key)
{
    uint32_t h = 2166136261u;
    if (*name == '\0')
        return ipckit_fail(IPCKIT_INVALID, "a name must not be empty");
    for (; *name != '\0'; name++)
        h = (h ^ (unsigned char)*name) * 16777619u;
    *key = (key_t)(h == IPC_PRIVATE ? 1 : h);
    return IPCKIT_OK;
}
