/* The families of the example, each in a file of its own. */
#ifndef FAMILIES_H
#define FAMILIES_H

#include "ipckit.h"

extern const struct ipckit_region region;       /* region.c */
extern const struct ipckit_word word;           /* word.c */
extern const struct ipckit_lock lock;           /* lock.c */
extern const struct ipckit_semaphore semaphore; /* semaphore.c */
extern const struct ipckit_rwlock rwlock;       /* rwlock.c */
extern const struct ipckit_snapshot snapshot;   /* snapshot.c */
extern const struct ipckit_buffer ring;         /* buffer.c: one-to-one */
extern const struct ipckit_buffer many;         /* many.c */
extern const struct ipckit_mailbox mailbox;     /* mailbox.c */
extern const struct ipckit_link links;          /* link.c */

/* A process's mapping of a region, in which its words lie. */
struct region {
    unsigned char *base;
    size_t size;
    bool read_only;
};

#endif
