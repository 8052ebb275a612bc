/* A student's solution: a circular array, with one semaphore that counts the items
 * and one that counts the free slots. One process appends, another removes. */
#include "queue.h"

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct queue {
    sem_t items, slots;
    int ready; /* set last, read first */
    int front, rear;
    int values[QUEUE_SIZE];
};

static queue *map(const char *name, int flags)
{
    int fd = shm_open(name, flags, 0600);
    if (fd < 0)
        return NULL;
    struct stat status;
    if ((flags & O_CREAT) != 0 ? ftruncate(fd, sizeof(queue)) < 0 : fstat(fd, &status) < 0 || status.st_size == 0) {
        close(fd);
        errno = ENOENT;
        return NULL;
    }
    queue *q = mmap(NULL, sizeof *q, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return q == MAP_FAILED ? NULL : q;
}

queue *createQueue(const char *name)
{
    queue *q = map(name, O_CREAT | O_EXCL | O_RDWR);
    if (q == NULL)
        return NULL;
    sem_init(&q->items, 1, 0);
    sem_init(&q->slots, 1, QUEUE_SIZE);
    __atomic_store_n(&q->ready, 1, __ATOMIC_SEQ_CST);
    return q;
}

queue *attachQueue(const char *name)
{
    queue *q = map(name, O_RDWR);
    if (q != NULL && !__atomic_load_n(&q->ready, __ATOMIC_SEQ_CST)) {
        detachQueue(q);
        errno = ENOENT;
        return NULL;
    }
    return q;
}

void detachQueue(queue *q) { munmap(q, sizeof *q); }

void removeQueue(const char *name) { shm_unlink(name); }

static void waitFor(sem_t *s)
{
    while (sem_wait(s) < 0 && errno == EINTR)
        continue;
}

void append(queue *q, int item)
{
    waitFor(&q->slots);
    q->values[q->rear] = item;
    q->rear = (q->rear + 1) % QUEUE_SIZE;
    sem_post(&q->items);
}

int removeFirst(queue *q)
{
    waitFor(&q->items);
    int item = q->values[q->front];
    q->front = (q->front + 1) % QUEUE_SIZE;
    sem_post(&q->slots);
    return item;
}

static int count(sem_t *s)
{
    int value = 0;
    sem_getvalue(s, &value);
    return value;
}

int isEmpty(queue *q) { return count(&q->items) == 0; }

int isFull(queue *q) { return count(&q->slots) == 0; }
