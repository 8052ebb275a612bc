/*
 * ipckit.h: what a C implementation of interprocess communication fills in, so
 * that ipckit can check it.
 *
 * Define one object with external linkage named ipckit_subject. It names the
 * families of functions that the implementation has; a family that it does not
 * have stays NULL, and so does a function that is marked optional:
 *
 *     #include "ipckit.h"
 *
 *     static enum ipckit_error ring_put(void *buffer, const void *item, size_t size, int64_t wait) { ... }
 *     ...
 *     static const struct ipckit_buffer ring = {.create = ring_create, .open = ring_open, .put = ring_put, ...};
 *
 *     const struct ipckit_subject ipckit_subject = {.one_to_one = &ring};
 *
 * ipckit compiles this together with ipckit_shim.c into a program, and starts
 * several processes of it. All calls of one process come from one thread, one
 * after the other, except cancel. Nothing may be shared between the processes
 * but what the functions below share by name.
 */
#ifndef IPCKIT_H
#define IPCKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a function answers. */
enum ipckit_error {
    IPCKIT_OK = 0,
    IPCKIT_EXISTS,      /* creating a name that exists */
    IPCKIT_NOT_FOUND,   /* no object of that name, or none that is complete yet */
    IPCKIT_FULL,        /* no room, and the caller would not wait */
    IPCKIT_EMPTY,       /* nothing there, and the caller would not wait */
    IPCKIT_TIMEOUT,     /* the caller's limit passed */
    IPCKIT_CLOSED,      /* closed, and where getting: drained */
    IPCKIT_TOO_LARGE,   /* item above the maximum, or above the room to get it into */
    IPCKIT_PEER_DEAD,   /* the other side died */
    IPCKIT_OWNER_DEAD,  /* granted, but the previous owner died inside */
    IPCKIT_PERMISSION,  /* the system or the object refused this user */
    IPCKIT_INVALID,     /* an argument that makes no sense */
    IPCKIT_NO_SPACE,    /* out of memory, names or descriptors */
    IPCKIT_INTERRUPTED, /* cancelled */
    IPCKIT_IO,          /* anything else that the system answered */
    IPCKIT_UNSUPPORTED  /* the implementation does not do this */
};

/* How long a call may block, in milliseconds; or one of these two. */
#define IPCKIT_FOREVER ((int64_t)-1) /* until it can be done */
#define IPCKIT_NEVER ((int64_t)0)    /* fail at once with FULL or EMPTY */
/* Any positive number is a limit, after which the call fails with TIMEOUT. */

/*
 * Regions of shared memory. Names look like "/name", as for shm_open; odd ones
 * come too, and must be refused cleanly or work. Sizes may be absurd.
 */
struct ipckit_region {
    /* Make a new region of at least size bytes, zeroed, and map it. A name that
     * exists is refused with EXISTS, a size that makes no sense with INVALID;
     * a creation that fails leaves no name behind. */
    enum ipckit_error (*create)(const char *name, int64_t size, void **region);

    /* Map an existing region. It never creates and never resizes. */
    enum ipckit_error (*open)(const char *name, bool read_only, void **region);

    /* Give the size in bytes: what was asked for at its creation, or more. */
    int64_t (*size)(void *region);

    /* Either give the address at which the region is mapped ... */
    void *(*map)(void *region);

    /* ... or copy to and from it. An access that reaches past the end, or
     * begins before the start, is refused with INVALID and changes nothing. */
    enum ipckit_error (*read)(void *region, int64_t offset, void *into, size_t n);
    enum ipckit_error (*write)(void *region, int64_t offset, const void *from, size_t n);

    /* Give back the mapping, all descriptors, and the handle itself. */
    enum ipckit_error (*detach)(void *region);

    /* Remove the name. Those who are attached go on sharing. */
    enum ipckit_error (*unlink)(const char *name);
};

/*
 * Atomic 64-bit words in regions, whose handles these functions take. Offsets
 * are bytes; one that is no multiple of 8, or lies outside, is refused with
 * INVALID.
 */
struct ipckit_word {
    enum ipckit_error (*load)(void *region, int64_t offset, uint64_t *value);
    enum ipckit_error (*store)(void *region, int64_t offset, uint64_t value);

    /* Add modulo 2^64, and say what the word held before. */
    enum ipckit_error (*add)(void *region, int64_t offset, uint64_t delta, uint64_t *before);

    /* Store value where the word holds expected. Say what it held, and whether
     * it was replaced. */
    enum ipckit_error (*compare_and_swap)(void *region, int64_t offset, uint64_t expected, uint64_t value,
        uint64_t *held, bool *swapped);
};

/*
 * Locks for mutual exclusion. What may not wait, or not longer, answers TIMEOUT:
 * so do semaphores and reader-writer locks.
 */
struct ipckit_lock {
    /* Make a new lock, free, and attach to it. */
    enum ipckit_error (*create)(const char *name, void **lock);
    enum ipckit_error (*open)(const char *name, void **lock);

    /* Errors: TIMEOUT. OWNER_DEAD means that the lock is granted, and that the
     * one who had it last died inside. */
    enum ipckit_error (*acquire)(void *lock, int64_t wait);

    /* Where the claims say LOCK-OWNER, one that does not hold the lock is
     * refused with INVALID or PERMISSION. */
    enum ipckit_error (*release)(void *lock);

    /* Give back everything that this process holds. The lock stays. */
    enum ipckit_error (*detach)(void *lock);

    /* Remove the name. */
    enum ipckit_error (*unlink)(const char *name);
};

/* Counting semaphores. */
struct ipckit_semaphore {
    /* Make a new one of that value. maximum is the value at which a post is
     * refused, where the claims let it be chosen; else what they say. */
    enum ipckit_error (*create)(const char *name, int64_t initial, int64_t maximum, void **semaphore);
    enum ipckit_error (*open)(const char *name, void **semaphore);

    /* Take one from the value, as soon as it is above zero. Errors: TIMEOUT. */
    enum ipckit_error (*wait)(void *semaphore, int64_t wait);

    /* Add one. Errors: FULL, where the claims say SEM-OVERFLOW. */
    enum ipckit_error (*post)(void *semaphore);

    enum ipckit_error (*detach)(void *semaphore);
    enum ipckit_error (*unlink)(const char *name);
};

/* Reader-writer locks. A handle is inside at most once. */
struct ipckit_rwlock {
    enum ipckit_error (*create)(const char *name, void **rwlock);
    enum ipckit_error (*open)(const char *name, void **rwlock);

    /* Enter beside other readers, or alone. Errors: TIMEOUT. OWNER_DEAD means
     * that this process is inside, and that a writer died there. */
    enum ipckit_error (*read)(void *rwlock, int64_t wait);
    enum ipckit_error (*write)(void *rwlock, int64_t wait);

    /* Leave, whichever way this process came in. */
    enum ipckit_error (*release)(void *rwlock);

    enum ipckit_error (*detach)(void *rwlock);
    enum ipckit_error (*unlink)(const char *name);
};

/* Snapshots: a record that some processes replace and many read. */
struct ipckit_snapshot {
    /* Make a new one, empty, for records of up to record_max bytes, which may be
     * absurd. */
    enum ipckit_error (*create)(const char *name, int64_t record_max, void **snapshot);
    enum ipckit_error (*open)(const char *name, void **snapshot);

    /* Replace the record. Errors: TOO_LARGE. */
    enum ipckit_error (*publish)(void *snapshot, const void *record, size_t size);

    /* Copy the record to into, which has room bytes, and say how long it is.
     * Errors: EMPTY where nothing was published yet, TOO_LARGE. */
    enum ipckit_error (*read)(void *snapshot, void *into, size_t room, size_t *size);

    enum ipckit_error (*detach)(void *snapshot);
    enum ipckit_error (*unlink)(const char *name);
};

/* What a bounded buffer or a mailbox is created with. Values may be absurd. */
struct ipckit_shape {
    int64_t capacity;     /* items, or bytes where the claims count bytes */
    int64_t item_max;     /* the largest item, bytes */
    uint64_t start_index; /* preset of the running indices; 0 unless presets is set */
    bool owned;           /* of a mailbox: by its creator; false unless owns is set */
};

/* Capacities of a mailbox that come where the claims say so. */
#define IPCKIT_UNBOUNDED ((int64_t)-1) /* as many messages as memory holds */
#define IPCKIT_RENDEZVOUS ((int64_t)0) /* none: a send ends once a receive takes its message */

/* Bounded buffers in shared memory. */
struct ipckit_buffer {
    enum ipckit_error (*create)(const char *name, const struct ipckit_shape *shape, void **buffer);
    enum ipckit_error (*open)(const char *name, void **buffer);

    /* Copy an item of size bytes, perhaps 0, into the buffer. Errors: FULL,
     * TIMEOUT, CLOSED, TOO_LARGE, PEER_DEAD. */
    enum ipckit_error (*put)(void *buffer, const void *item, size_t size, int64_t wait);

    /* Copy the oldest item to into, which has room bytes, and say how long it
     * is. Errors: EMPTY, TIMEOUT, CLOSED (and drained), PEER_DEAD; TOO_LARGE
     * where there is too little room, and then the item stays. */
    enum ipckit_error (*get)(void *buffer, void *into, size_t room, size_t *size, int64_t wait);

    /* Give back everything that this process holds. The items stay. */
    enum ipckit_error (*detach)(void *buffer);

    /* Remove the name. */
    enum ipckit_error (*unlink)(const char *name);

    /* Optional, where the claims say close: nothing more may be put, everyone
     * who is blocked is released with CLOSED, what is inside can be got. */
    enum ipckit_error (*close)(void *buffer);

    /* Optional, where the claims say cancel: end the call of this process that
     * is blocked in the buffer, with INTERRUPTED. It is called from another
     * thread. */
    enum ipckit_error (*cancel)(void *buffer);

    bool presets; /* create honours start_index */
};

/* Mailboxes: message passing through a named third party. Everything as for
 * buffers. */
struct ipckit_mailbox {
    enum ipckit_error (*create)(const char *name, const struct ipckit_shape *shape, void **mailbox);
    enum ipckit_error (*open)(const char *name, void **mailbox);
    enum ipckit_error (*send)(void *mailbox, const void *message, size_t size, int64_t wait);
    enum ipckit_error (*receive)(void *mailbox, void *into, size_t room, size_t *size, int64_t wait);
    enum ipckit_error (*detach)(void *mailbox);
    enum ipckit_error (*unlink)(const char *name);
    enum ipckit_error (*close)(void *mailbox);  /* optional */
    enum ipckit_error (*cancel)(void *mailbox); /* optional */
    bool presets;

    /* Optional, where the claims say order: priority. Those of the highest
     * priority, of 0 to 31, are received first; send uses 0. */
    enum ipckit_error (*send_priority)(void *mailbox, const void *message, size_t size, int priority, int64_t wait);

    /* Optional, where the claims say BOX-IDENTITY: receive, and say which
     * process has sent it, as getpid numbers it. */
    enum ipckit_error (*receive_from)(void *mailbox, void *into, size_t room, size_t *size, int64_t *sender, int64_t wait);

    /* Optional: send under the name of another process. An implementation whose
     * sender says himself who he is has to have it, so that this can be tried;
     * one that asks the kernel leaves it out. Errors: PERMISSION. */
    enum ipckit_error (*send_as)(void *mailbox, const void *message, size_t size, int64_t sender, int64_t wait);

    /* Optional, where the claims say BOX-OWNER: create honours owned, so that
     * its creator alone receives, others being refused with PERMISSION, and the
     * mailbox disappears when that process ends or detaches. */
    bool owns;

    /* Optional, where the claims say BOX-HANDOVER: make another process that
     * has the mailbox open its owner. Errors: PERMISSION where this process is
     * not the owner, NOT_FOUND where no such process has it open, INVALID where
     * it has no owner. */
    enum ipckit_error (*hand_over)(void *mailbox, int64_t process);
};

/*
 * Links: message passing between two processes that name each other. A process
 * takes a name, as a party, and is linked with other parties by theirs. Each
 * pair has one link, and each link two directions that do not touch each other.
 */
struct ipckit_link {
    /* Take a name for this process. Errors: EXISTS, INVALID, PERMISSION. */
    enum ipckit_error (*join)(const char *name, void **party);

    /* Give the name free. The links of the party were detached before. */
    enum ipckit_error (*leave)(void *party);

    /* Give this party's end of the link with the party called peer, which may
     * not have joined yet: it does not wait for it. */
    enum ipckit_error (*open)(void *party, const char *peer, void **link);

    /* Send a message to the peer, wholly or not at all. Errors: FULL, TIMEOUT,
     * TOO_LARGE, and where the peer has ended or detached, PEER_DEAD or CLOSED;
     * SIGPIPE must not end the process. */
    enum ipckit_error (*send)(void *link, const void *message, size_t size, int64_t wait);

    /* Copy the next message that the peer has sent to into, which has room
     * bytes, and say how long it is; of a stream, those bytes that are there,
     * one at least. Errors: EMPTY, TIMEOUT; TOO_LARGE; after all that the peer
     * had sent, PEER_DEAD or CLOSED. */
    enum ipckit_error (*receive)(void *link, void *into, size_t room, size_t *size, int64_t wait);

    /* End the link and give back everything that this process holds of it. */
    enum ipckit_error (*detach)(void *link);

    /* Optional, where the claims say LINK-ANY: receive from whichever peer of
     * the party has a message, and say which, by a name that lasts until the
     * next call; each gets its turn. The end of a link is answered once, with
     * the peer's name too, and the others go on. */
    enum ipckit_error (*receive_any)(void *party, void *into, size_t room, size_t *size, const char **peer, int64_t wait);

    /* Optional, where the claims say cancel, as for buffers. */
    enum ipckit_error (*cancel)(void *link);

    bool stream; /* bytes in order, no messages: where the claims say framing: stream */
};

/* The implementation. Use designated initialisers: families are added. */
struct ipckit_subject {
    const char *name;    /* or NULL: the claims say it anyway */
    const char *version; /* likewise; what both say must agree */

    const struct ipckit_region *region;       /* profile region */
    const struct ipckit_word *word;           /* profile word; needs region */
    const struct ipckit_lock *lock;           /* profile lock */
    const struct ipckit_semaphore *semaphore; /* profile semaphore */
    const struct ipckit_rwlock *rwlock;       /* profile rwlock */
    const struct ipckit_snapshot *snapshot;   /* profile snapshot */
    const struct ipckit_buffer *one_to_one;   /* profile buffer.one-to-one */
    const struct ipckit_buffer *many;         /* profile buffer.many */
    const struct ipckit_mailbox *mailbox;     /* profile mailbox */
    const struct ipckit_link *link;           /* profile link */
};

extern const struct ipckit_subject ipckit_subject;

/*
 * Explain an error: `return ipckit_fail(IPCKIT_INVALID, "capacity %d", n)`
 * answers that error, and reports show the text.
 */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
enum ipckit_error ipckit_fail(enum ipckit_error error, const char *format, ...);

/*
 * Answer the error that errno stands for: `return ipckit_errno("shm_open")`
 * after shm_open failed with EEXIST answers EXISTS, "shm_open: File exists".
 */
enum ipckit_error ipckit_errno(const char *what);

/* What a function answers that has yet to be written. */
#define IPCKIT_NOT_WRITTEN() \
    ipckit_fail(IPCKIT_IO, "not written yet: %s, line %d of %s", __func__, __LINE__, __FILE__)

#endif
