/*
 * giveway.h: threads that meet in races. A part of ipckit_threads.c. The linker
 * redirects the library's atomic operations to here (--wrap).
 *
 * After an atomic write a thread now and then yields, as a process that is
 * preempted: then a race right after the write happens on a busy machine and on one
 * processor, too.
 */
#include <sched.h>

static void give_way(void)
{
    static _Thread_local uint32_t random;
    if (random == 0)
        random = (uint32_t)syscall(SYS_gettid) * 2654435761u | 1;
    random ^= random << 13, random ^= random >> 17, random ^= random << 5; /* Marsaglia, Xorshift RNGs, 2003 */
    if (random % 64 == 0)
        syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &(struct timespec){.tv_nsec = 50000}, NULL);
    else if (random % 4 == 0)
        sched_yield();
}

#define GIVING_WAY(type, name, parameters, arguments) \
    type name parameters;                             \
    type __wrap_##name parameters                     \
    {                                                 \
        type answer = name arguments;                 \
        give_way();                                   \
        return answer;                                \
    }

#define OF_WIDTH(bits, type)                                                                                    \
    void __tsan_atomic##bits##_store(volatile type *word, type value, int order);                               \
    void __wrap___tsan_atomic##bits##_store(volatile type *word, type value, int order)                         \
    {                                                                                                           \
        __tsan_atomic##bits##_store(word, value, order);                                                        \
        give_way();                                                                                             \
    }                                                                                                           \
    GIVING_WAY(type, __tsan_atomic##bits##_exchange, (volatile type *word, type value, int order), (word, value, order))   \
    GIVING_WAY(type, __tsan_atomic##bits##_fetch_add, (volatile type *word, type value, int order), (word, value, order))  \
    GIVING_WAY(type, __tsan_atomic##bits##_fetch_sub, (volatile type *word, type value, int order), (word, value, order))  \
    GIVING_WAY(type, __tsan_atomic##bits##_fetch_and, (volatile type *word, type value, int order), (word, value, order))  \
    GIVING_WAY(type, __tsan_atomic##bits##_fetch_or, (volatile type *word, type value, int order), (word, value, order))   \
    GIVING_WAY(int, __tsan_atomic##bits##_compare_exchange_strong,                                              \
        (volatile type *word, type *expected, type value, int order, int failing), (word, expected, value, order, failing)) \
    GIVING_WAY(int, __tsan_atomic##bits##_compare_exchange_weak,                                                \
        (volatile type *word, type *expected, type value, int order, int failing), (word, expected, value, order, failing))

OF_WIDTH(8, uint8_t)
OF_WIDTH(16, uint16_t)
OF_WIDTH(32, uint32_t)
OF_WIDTH(64, uint64_t)
