/*
 * ipckit.h: the functions by which ipckit checks an implementation of
 * interprocess communication in C.
 *
 * Define one object with external linkage named ipckit_subject. It points to the
 * families of functions that the implementation has. A family that it does not
 * have stays NULL, and so may a function that is marked optional:
 *
 *     #include "ipckit.h"
 *
 *     static enum ipckit_error ring_put(void *buffer, const void *item, size_t size, int64_t wait) { ... }
 *     ...
 *     static const struct ipckit_buffer ring = {.create = ring_create, .open = ring_open, .put = ring_put, ...};
 *
 *     const struct ipckit_subject ipckit_subject = {.one_to_one = &ring};
 *
 * ipckit compiles the implementation together with ipckit_shim.c into a program
 * and starts several processes of it. Within a process all calls come from one
 * thread, one after the other; only cancel comes from another. The processes may
 * share nothing but the objects that they create and open by name.
 *
 * These rules hold for all families:
 *
 *   - create makes a new object and attaches this process to it. A name that
 *     exists is refused with IPCKIT_EXISTS, arguments that make no sense with
 *     IPCKIT_INVALID. A create that fails leaves no name behind.
 *   - open attaches this process to an existing object. It fails with
 *     IPCKIT_NOT_FOUND if there is none, or if its creator has not finished it.
 *   - create and open store a handle, which the other functions take. A handle
 *     is of this process alone; what it points to is up to the implementation.
 *   - detach gives back everything that this process holds of an object: memory,
 *     mappings, descriptors and the handle. The object stays.
 *   - unlink removes the name. Processes that are attached go on using the object.
 *   - Names look like "/name", as for shm_open. ipckit also tries unusual ones
 *     (empty, too long, "/../x"): each must either work or be refused.
 *   - Sizes and capacities are tried far outside what the claims allow (negative,
 *     0, close to INT64_MAX); those must be refused, usually with IPCKIT_INVALID.
 *   - A call that a signal interrupts continues to wait.
 *   - Storage to which a pointer argument points belongs to the caller, which may
 *     change it as soon as the call returns.
 */
#ifndef IPCKIT_H
#define IPCKIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The result of a call. */
enum ipckit_error {
    IPCKIT_OK = 0,
    IPCKIT_EXISTS,      /* create: the name exists */
    IPCKIT_NOT_FOUND,   /* there is no object of that name, or it is not complete yet */
    IPCKIT_FULL,        /* no room, and the call may not wait */
    IPCKIT_EMPTY,       /* nothing to get, and the call may not wait */
    IPCKIT_TIMEOUT,     /* the time limit has passed; lock and the like: taken, and the call may not wait */
    IPCKIT_CLOSED,      /* the object is closed; get and receive: and empty */
    IPCKIT_TOO_LARGE,   /* larger than the largest item, or than the caller's storage */
    IPCKIT_PEER_DEAD,   /* the process at the other end has died */
    IPCKIT_OWNER_DEAD,  /* granted; the last owner died while it was inside */
    IPCKIT_PERMISSION,  /* this process or its user may not do this */
    IPCKIT_INVALID,     /* an argument makes no sense */
    IPCKIT_NO_SPACE,    /* out of memory, names, descriptors or seats */
    IPCKIT_INTERRUPTED, /* cancelled by cancel */
    IPCKIT_IO,          /* any other error of the system */
    IPCKIT_UNSUPPORTED  /* the implementation does not have this */
};

/*
 * The argument wait: how long a call may block, in milliseconds. After a positive
 * number of them the call fails with IPCKIT_TIMEOUT. The clock should be
 * CLOCK_MONOTONIC.
 */
#define IPCKIT_FOREVER ((int64_t)-1) /* block until it can be done */
#define IPCKIT_NEVER ((int64_t)0)    /* do not block: fail at once, with FULL, EMPTY or (locks, semaphores) TIMEOUT */

/*
 * Profile region: shared memory. Offsets and sizes are bytes.
 */
struct ipckit_region {
    /* Makes a region of at least size bytes, all zero, and maps it for reading
     * and writing. Errors: EXISTS, INVALID, NO_SPACE, PERMISSION. */
    enum ipckit_error (*create)(const char *name, int64_t size, void **region);

    /* Maps an existing region, for reading alone if read_only. It neither creates
     * nor resizes. Errors: NOT_FOUND, INVALID, PERMISSION. */
    enum ipckit_error (*open)(const char *name, bool read_only, void **region);

    /* Returns the size: at least the one that create was given, and the same in
     * every process. */
    int64_t (*size)(void *region);

    /* Either: returns the address at which the region is mapped ... */
    void *(*map)(void *region);

    /* ... or: copy n bytes from or to the region at offset. Errors: INVALID if any
     * of these bytes is outside of the region, and then nothing is changed;
     * PERMISSION where writing through a read-only handle. */
    enum ipckit_error (*read)(void *region, int64_t offset, void *into, size_t n);
    enum ipckit_error (*write)(void *region, int64_t offset, const void *from, size_t n);

    enum ipckit_error (*detach)(void *region);
    enum ipckit_error (*unlink)(const char *name);
};

/*
 * Profile word: atomic 64-bit words, sequentially consistent, in regions: the
 * functions take a region's handle. offset is bytes from its start. Errors of
 * all: INVALID if offset is no multiple of 8 or the word is not inside the
 * region; PERMISSION where changing a word through a read-only handle.
 */
struct ipckit_word {
    enum ipckit_error (*load)(void *region, int64_t offset, uint64_t *value);
    enum ipckit_error (*store)(void *region, int64_t offset, uint64_t value);

    /* Adds delta modulo 2^64. before: the word's value before. */
    enum ipckit_error (*add)(void *region, int64_t offset, uint64_t delta, uint64_t *before);

    /* Stores value if the word holds expected. held: the word's value before;
     * swapped: whether value was stored. */
    enum ipckit_error (*compare_and_swap)(void *region, int64_t offset, uint64_t expected, uint64_t value,
        uint64_t *held, bool *swapped);
};

/*
 * Profile lock: mutual exclusion. A new lock is free.
 */
struct ipckit_lock {
    enum ipckit_error (*create)(const char *name, void **lock);
    enum ipckit_error (*open)(const char *name, void **lock);

    /* Takes the lock. Errors: TIMEOUT, also if the lock is taken and the call may
     * not wait; OWNER_DEAD if the lock is granted and its last owner died while
     * holding it (claimed as LOCK-OWNERDEATH). */
    enum ipckit_error (*acquire)(void *lock, int64_t wait);

    /* Gives the lock up. Errors: INVALID or PERMISSION if this process does not
     * hold it (claimed as LOCK-OWNER). */
    enum ipckit_error (*release)(void *lock);

    enum ipckit_error (*detach)(void *lock);
    enum ipckit_error (*unlink)(const char *name);
};

/* Profile semaphore: counting semaphores. */
struct ipckit_semaphore {
    /* Makes a semaphore with the value initial. A post at the value maximum is
     * refused; maximum varies if the claims give a range, and is the claimed
     * number otherwise. Errors: EXISTS, INVALID. */
    enum ipckit_error (*create)(const char *name, int64_t initial, int64_t maximum, void **semaphore);
    enum ipckit_error (*open)(const char *name, void **semaphore);

    /* Subtracts one from the value as soon as it is above zero. Errors: TIMEOUT,
     * also if the value is zero and the call may not wait. */
    enum ipckit_error (*wait)(void *semaphore, int64_t wait);

    /* Adds one to the value. Errors: FULL at the maximum (claimed as
     * SEM-OVERFLOW). */
    enum ipckit_error (*post)(void *semaphore);

    enum ipckit_error (*detach)(void *semaphore);
    enum ipckit_error (*unlink)(const char *name);
};

/*
 * Profile rwlock: reader-writer locks. A process enters a lock at most once at a
 * time.
 */
struct ipckit_rwlock {
    enum ipckit_error (*create)(const char *name, void **rwlock);
    enum ipckit_error (*open)(const char *name, void **rwlock);

    /* Enter: read beside other readers, write alone. Errors: TIMEOUT, also if
     * others are inside and the call may not wait; OWNER_DEAD if this process is
     * inside and the last writer died inside (claimed as RW-OWNERDEATH). */
    enum ipckit_error (*read)(void *rwlock, int64_t wait);
    enum ipckit_error (*write)(void *rwlock, int64_t wait);

    /* Leaves, after read and after write. Errors: INVALID if this process is not
     * inside. */
    enum ipckit_error (*release)(void *rwlock);

    enum ipckit_error (*detach)(void *rwlock);
    enum ipckit_error (*unlink)(const char *name);
};

/*
 * Profile snapshot: one record that some processes replace and many read, each
 * time wholly.
 */
struct ipckit_snapshot {
    /* Makes a snapshot without a record yet, for records of up to record_max
     * bytes. Errors: EXISTS, INVALID, NO_SPACE. */
    enum ipckit_error (*create)(const char *name, int64_t record_max, void **snapshot);
    enum ipckit_error (*open)(const char *name, void **snapshot);

    /* Replaces the record by one of size bytes. Errors: TOO_LARGE. */
    enum ipckit_error (*publish)(void *snapshot, const void *record, size_t size);

    /* Copies the current record to into, which has room for room bytes. size: the
     * record's bytes. Errors: EMPTY before the first publish; TOO_LARGE if the
     * record has more than room bytes. */
    enum ipckit_error (*read)(void *snapshot, void *into, size_t room, size_t *size);

    enum ipckit_error (*detach)(void *snapshot);
    enum ipckit_error (*unlink)(const char *name);
};

/* The parameters with which a bounded buffer or a mailbox is created. */
struct ipckit_shape {
    int64_t capacity;     /* items, or bytes if the claims give the capacity in bytes */
    int64_t item_max;     /* bytes of the largest item */
    uint64_t start_index; /* first value of indices that are never reset; 0 unless .presets is set */
    bool owned;           /* mailbox: owned by its creator; false unless .owns is set */
};

/* Capacities of a mailbox, if claimed. */
#define IPCKIT_UNBOUNDED ((int64_t)-1) /* as many messages as memory holds */
#define IPCKIT_RENDEZVOUS ((int64_t)0) /* none: a send returns once a receive has taken its message */

/* Profiles buffer.one-to-one and buffer.many: bounded buffers in shared memory. */
struct ipckit_buffer {
    /* Errors: EXISTS, INVALID, NO_SPACE. */
    enum ipckit_error (*create)(const char *name, const struct ipckit_shape *shape, void **buffer);
    enum ipckit_error (*open)(const char *name, void **buffer);

    /* Copies an item of size bytes, which may be 0, into the buffer. Errors: FULL,
     * TIMEOUT, CLOSED, PEER_DEAD; TOO_LARGE if size is above item_max. */
    enum ipckit_error (*put)(void *buffer, const void *item, size_t size, int64_t wait);

    /* Copies the oldest item to into, which has room for room bytes, and removes
     * it. size: the item's bytes. Errors: EMPTY, TIMEOUT, CLOSED (once the buffer
     * is also empty), PEER_DEAD; TOO_LARGE if the item has more than room bytes,
     * and then it stays. */
    enum ipckit_error (*get)(void *buffer, void *into, size_t room, size_t *size, int64_t wait);

    enum ipckit_error (*detach)(void *buffer); /* the items stay */
    enum ipckit_error (*unlink)(const char *name);

    /* Optional, claimed as close: true. Nothing can be put any more, what is
     * inside can still be got, and calls that wait end with CLOSED. */
    enum ipckit_error (*close)(void *buffer);

    /* Optional, claimed as cancel: true. Ends the call of this process that waits
     * in the buffer with INTERRUPTED. Called from another thread than that
     * call. */
    enum ipckit_error (*cancel)(void *buffer);

    bool presets; /* create uses start_index */
};

/*
 * Profile mailbox: message passing through a named third object. Functions that
 * are not described here are as those of buffers: send as put, receive as get.
 */
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

    /* Optional, claimed as order: priority. priority is 0 to 31; messages of the
     * highest priority are received first, and send uses 0. Errors beside those
     * of send: INVALID if priority is out of range. */
    enum ipckit_error (*send_priority)(void *mailbox, const void *message, size_t size, int priority, int64_t wait);

    /* Optional, claimed as BOX-IDENTITY: receive. sender: the process id, as of
     * getpid, of the process that sent the message. */
    enum ipckit_error (*receive_from)(void *mailbox, void *into, size_t room, size_t *size, int64_t *sender, int64_t wait);

    /* Optional: send under the process id of another process. An implementation
     * whose senders name themselves must have it, so that forging can be tried;
     * one that asks the kernel for the sender leaves it out. Errors beside those
     * of send: PERMISSION. */
    enum ipckit_error (*send_as)(void *mailbox, const void *message, size_t size, int64_t sender, int64_t wait);

    /* Claimed as BOX-OWNER: create uses owned. Only the owner may receive, other
     * processes are refused with PERMISSION, and the mailbox disappears when the
     * owner ends or detaches. */
    bool owns;

    /* Optional, claimed as BOX-HANDOVER: makes another process the owner, which
     * must have the mailbox open; process is its id. Errors: PERMISSION if this
     * process is not the owner, NOT_FOUND if that process does not have the
     * mailbox open, INVALID if the mailbox has no owner. */
    enum ipckit_error (*hand_over)(void *mailbox, int64_t process);
};

/*
 * Profile link: message passing between two processes that name each other. A
 * process joins under a name, as a party, and opens links with other parties by
 * their names. Each pair of parties has one link, whose two directions are
 * independent of each other.
 */
struct ipckit_link {
    /* Takes a name for this process. Errors: EXISTS, INVALID, PERMISSION. */
    enum ipckit_error (*join)(const char *name, void **party);

    /* Gives the name up. The party's links were detached before. */
    enum ipckit_error (*leave)(void *party);

    /* Opens this party's end of the link with the party that is called peer. It
     * does not wait for that party, which may join later. Errors: INVALID. */
    enum ipckit_error (*open)(void *party, const char *peer, void **link);

    /* Sends a message of size bytes to the peer, wholly or not at all. Errors:
     * FULL, TIMEOUT, TOO_LARGE; PEER_DEAD or CLOSED if the peer has ended or
     * detached: SIGPIPE must not end this process. */
    enum ipckit_error (*send)(void *link, const void *message, size_t size, int64_t wait);

    /* Copies the next message from the peer to into, which has room for room
     * bytes. size: the message's bytes; of a stream, the bytes that were there, at
     * least one. Errors: EMPTY, TIMEOUT, TOO_LARGE; PEER_DEAD or CLOSED after
     * everything that the peer sent before it ended or detached. */
    enum ipckit_error (*receive)(void *link, void *into, size_t room, size_t *size, int64_t wait);

    /* Ends the link and gives back everything that this process holds of it. */
    enum ipckit_error (*detach)(void *link);

    /* Optional, claimed as LINK-ANY: receive from any link of the party, each in
     * turn. peer: the name of the sender, valid until the next call. The end of a
     * link is returned once, as PEER_DEAD or CLOSED with the peer's name; later
     * calls receive from the other links. */
    enum ipckit_error (*receive_any)(void *party, void *into, size_t room, size_t *size, const char **peer, int64_t wait);

    /* Optional, claimed as cancel: true, as that of buffers. */
    enum ipckit_error (*cancel)(void *link);

    bool stream; /* claimed as framing: stream: bytes in order, without message boundaries */
};

/* The implementation. Use designated initialisers: later versions add families. */
struct ipckit_subject {
    const char *name;    /* as in the claims file, or NULL */
    const char *version; /* as in the claims file, or NULL */

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
 * Returns error and keeps a text for the reports:
 * `return ipckit_fail(IPCKIT_INVALID, "capacity %d", n);`. Text beyond 511 bytes
 * is cut.
 */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
enum ipckit_error ipckit_fail(enum ipckit_error error, const char *format, ...);

/*
 * Returns the error that errno stands for, with what and the system's text for
 * the reports: `return ipckit_errno("shm_open");` after shm_open failed with
 * EEXIST returns IPCKIT_EXISTS with "shm_open: File exists".
 */
enum ipckit_error ipckit_errno(const char *what);

/* The result of a function that is still to be written: `return IPCKIT_NOT_WRITTEN();`. */
#define IPCKIT_NOT_WRITTEN() \
    ipckit_fail(IPCKIT_IO, "not written yet: %s, line %d of %s", __func__, __LINE__, __FILE__)

#endif
