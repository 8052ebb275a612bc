/* Keys of System V objects. */
#ifndef KEY_H
#define KEY_H

#include "ipckit.h"

#include <sys/ipc.h>

extern const struct ipckit_semaphore semaphore; /* semaphore.c */
extern const struct ipckit_mailbox queue;       /* queue.c */

/* key_of hashes a name (FNV-1a). ftok would need a file. Two names may have one
 * key, once in four thousand million; then the second is refused as existing.
 * It refuses the empty name with INVALID. */
enum ipckit_error key_of(const char *name, key_t *key);

#endif
