/*
 * A bounded buffer in POSIX shared memory, guarded by named semaphores:
 * Silberschatz, Galvin, Gagne, Operating System Concepts, 7.1.1, between two
 * processes instead of two threads.
 *
 * Either program may come first. Both open or create every object, and nothing
 * needs initialising by hand: shm_open gives zeros, to which in and out are
 * right, and sem_open sets a value only when it creates.
 *
 * The end is an item like any other. A flag beside the buffer would be seen
 * while items are still inside.
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#define MEMORY   "/good_buffer"
#define EMPTY    "/good_empty" /* counts free slots */
#define FULL     "/good_full"  /* counts filled slots */
#define CAPACITY 5

enum kind { NUMBER, END };

struct item {
    enum kind kind;
    unsigned long number;
};

struct channel; /* one process's handle */

/* All of these end the program with a message if the system refuses. */
struct channel *channel_open(void);
void channel_put(struct channel *c, struct item item); /* waits while full */
struct item channel_get(struct channel *c);            /* waits while empty */
void channel_close(struct channel *c);
void channel_remove(void); /* removes the names; called by the last process that needs them */

#endif
