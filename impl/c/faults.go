package c

import (
	"embed"
	"io/fs"
	"slices"

	"github.com/ipckit/ipckit/impl/controls"
	"github.com/ipckit/ipckit/impl/seeded"
)

//go:embed example
var example embed.FS

// Faults lists the faults, by requirement, and then those that are races. They
// are mistakes in the example, unless they say another.
func Faults() []seeded.Fault {
	right := sub(example, "example")
	all := slices.Concat(mistakes(), misread(), messages(), races())
	for i := range all {
		all[i].Needs = controls.Compiler
		if all[i].Right == nil {
			all[i].Right = right
		}
	}
	return all
}

// sub is a directory that is embedded.
func sub(files fs.FS, dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // a constant that is no path
	}
	return f
}

// mistakes show in what the operations do.
func mistakes() []seeded.Fault {
	return []seeded.Fault{
		{
			ID: "c-open-cuts", Fault: "whoever opens a region gives it a size too, one page",
			Requirement: "REG-NORESIZE", Verdict: "fail", At: "before it was opened",
			File: "region.c",
			Changes: []seeded.Change{{
				Old: "    struct stat status;\n",
				New: "    struct stat status;\n    if (!read_only && ftruncate(fd, 4096) < 0)\n        return ipckit_errno(\"ftruncate\");\n",
			}},
		},
		{
			ID: "c-count-unlocked", Fault: "adds by count = count + 1, which two can do at once",
			Requirement: "WORD-ADD", Verdict: "fail", At: "steps went wrong",
			File: "word.c",
			Changes: []seeded.Change{{
				Old: "        *before = atomic_fetch_add(w, delta);\n",
				New: "    {\n        extern int sched_yield(void);\n        *before = *w;\n        sched_yield();\n        *w = *before + delta;\n    }\n",
			}},
		},
		{
			ID: "c-interrupted-is-granted", Fault: "takes a wait that a signal interrupted for one that was granted",
			Requirement: "SEM-EINTR", Verdict: "fail", At: "during signals",
			File: "semaphore.c",
			Changes: []seeded.Change{{
				Old: "    } while (result < 0 && errno == EINTR);\n",
				New: "        if (result < 0 && errno == EINTR)\n            return IPCKIT_OK;\n    } while (false);\n",
			}},
		},
		{
			ID: "c-mapped-privately", Fault: "maps the buffer with MAP_PRIVATE: each process has its own in and out",
			Requirement: "BUF-FIFO", Verdict: "fail", At: "opening the queue in a second process",
			File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);",
				New: "PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);",
			}},
		},
		{
			ID: "c-slot-short", Fault: "keeps one slot free to tell full from empty, and claims all of them",
			Requirement: "BUF-CAPACITY", Verdict: "fail", At: "were claimed",
			File:    "buffer.c",
			Changes: []seeded.Change{{Old: ">= h->capacity)\n", New: ">= h->capacity - 1)\n"}},
		},
		{
			ID: "c-sleeps-instead", Fault: "get waits for a moment, by when the producer will have put something",
			Requirement: "BUF-EMPTY", Verdict: "fail", At: "where it must wait",
			File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "        sleep_on(e, count, wait > 0 ? &deadline : NULL);\n",
				New: "        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);\n        if (refused == IPCKIT_EMPTY)\n            return attempt(h, argument);\n",
			}},
		},
		{
			ID: "c-wakes-the-others", Fault: "a put wakes those who wait for room",
			Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back",
			File: "many.c",
			Changes: []seeded.Change{{
				Old: "    signal_event(&p->filled);\n    *(volatile uint64_t *)&p->tail = p->tail + 1;\n",
				New: "    signal_event(&p->freed);\n    *(volatile uint64_t *)&p->tail = p->tail + 1;\n",
			}},
		},
		{
			ID: "c-one-condition", Fault: "one condition for items and for room, signalled to one, who may be of the wrong kind",
			Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back",
			File: "many.c",
			Changes: []seeded.Change{
				{Old: "&p->freed", New: "&p->filled", Every: true},
				{Old: "INT_MAX", New: "1"},
				{Old: "        atomic_store(&e->waited, 0); /* last: who dies before leaves word that somebody may be asleep */\n"},
				{ // takes a moment to come back, so that a producer falls asleep meanwhile
					Old: "FUTEX_BITSET_MATCH_ANY);\n",
					New: "FUTEX_BITSET_MATCH_ANY);\n        if (refused == IPCKIT_EMPTY)\n            nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);\n",
				},
			},
		},
		{
			ID: "c-done-flag-first", Fault: "get looks at the done flag before it looks into the buffer",
			Requirement: "BUF-DRAIN", Verdict: "fail", At: "refused: closed",
			File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "    if (head == atomic_load(&h->tail))\n        return closed ? IPCKIT_CLOSED : IPCKIT_EMPTY;\n",
				New: "    if (closed)\n        return IPCKIT_CLOSED;\n    if (head == atomic_load(&h->tail))\n        return IPCKIT_EMPTY;\n",
			}},
		},
		{
			ID: "c-never-unlinks", Fault: "leaves the name to somebody else",
			Requirement: "BUF-NOLEAK", Verdict: "fail", At: "creating the queue",
			File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "    return shm_unlink(name) < 0 ? ipckit_errno(\"shm_unlink\") : IPCKIT_OK;\n",
				New: "    return name != NULL ? IPCKIT_OK : IPCKIT_INVALID;\n",
			}},
		},
		{
			ID: "c-empty-when-busy", Fault: "a get that may not wait says empty where somebody else has the mutex", Kind: stress,
			Requirement: "BUF-LINEAR", Verdict: "fail", At: "operations prove it",
			File: "many.c",
			Changes: []seeded.Change{{
				Old: "        enum ipckit_error error = robust_acquire(&p->mutex, NULL);\n",
				New: "        enum ipckit_error error = wait == IPCKIT_NEVER ? robust_try(&p->mutex) : robust_acquire(&p->mutex, NULL);\n        if (error == IPCKIT_TIMEOUT)\n            return refused;\n"}, { // gives way with it, so that others come to look
				Old: "        robust_release(&p->mutex);\n        if (!sleeps)",
				New: "        extern int sched_yield(void);\n        sched_yield();\n        robust_release(&p->mutex);\n        if (!sleeps)",
			}},
		},
	}
}
