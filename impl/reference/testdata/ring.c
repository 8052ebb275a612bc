/* The ring of impl/sharedmemory for one producer and one consumer, in C: what the
 * language costs the reference. It only moves items, between two processes that
 * find the ring behind descriptor 3, and neither sleeps nor looks for deaths.
 *
 *     ring first|second CPU SIZE SLOTS COUNT BATCHES
 *
 * The first prints the ns of an item in the best batch. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#if defined __x86_64__
#define PAUSE() __builtin_ia32_pause()
#else
#define PAUSE() atomic_signal_fence(memory_order_seq_cst)
#endif

enum { CHUNK = 64 << 10, LINE = 64 };

struct control {
	_Alignas(128) _Atomic uint64_t tail;
	_Alignas(128) _Atomic uint64_t taken;
	_Alignas(128) _Atomic uint64_t done;
	_Alignas(128) _Atomic uint64_t present;
};

static void copy(char *to, const char *from, size_t n)
{
	for (; n > CHUNK; n -= CHUNK, to += CHUNK, from += CHUNK)
		memcpy(to, from, CHUNK);
	memcpy(to, from, n);
}

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
	if (argc != 7)
		return 2;
	int first = !strcmp(argv[1], "first");
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(atoi(argv[2]), &set);
	sched_setaffinity(0, sizeof set, &set);
	size_t size = strtoul(argv[3], NULL, 10), stride = (8 + size + LINE - 1) & ~(size_t)(LINE - 1);
	uint64_t slots = strtoul(argv[4], NULL, 10), count = strtoul(argv[5], NULL, 10);
	int batches = atoi(argv[6]);
	char *memory = mmap(NULL, 4096 + slots * stride, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, 3, 0);
	char *item = malloc(size);
	if (memory == MAP_FAILED || !item)
		return 1;
	memset(item, 1, size);
	struct control *c = (struct control *)memory;
	atomic_fetch_add(&c->present, 1);
	while (atomic_load(&c->present) != 2)
		sched_yield();

	double best = 0;
	uint64_t next = 0, known = first ? slots : 0;
	for (int batch = 1; batch <= batches; batch++) {
		double begin = now();
		for (uint64_t i = 0; i < count; i++, next++) {
			while (next == known) {
				if (first)
					known = atomic_load_explicit(&c->taken, memory_order_acquire) + slots;
				else
					known = atomic_load_explicit(&c->tail, memory_order_acquire);
				if (next == known)
					PAUSE();
			}
			char *slot = memory + 4096 + (next & (slots - 1)) * stride;
			_Atomic uint64_t *commit = (_Atomic uint64_t *)slot;
			if (first) {
				memcpy(item, &next, sizeof next);
				copy(slot + 8, item, size);
				atomic_store_explicit(commit, next << 32 | (size + 1), memory_order_release);
				atomic_store_explicit(&c->tail, next + 1, memory_order_release);
			} else {
				if (atomic_load_explicit(commit, memory_order_acquire) != (next << 32 | (size + 1)))
					return 1;
				copy(item, slot + 8, size);
				if (memcmp(item, &next, sizeof next))
					return 1;
				atomic_store_explicit(&c->taken, next + 1, memory_order_release);
			}
		}
		if (!first) {
			atomic_store(&c->done, (uint64_t)batch);
			continue;
		}
		while (atomic_load(&c->done) != (uint64_t)batch)
			;
		double cost = (now() - begin) / (double)count;
		if (best == 0 || cost < best)
			best = cost;
	}
	if (first)
		printf("%.1f\n", best);
	return 0;
}
