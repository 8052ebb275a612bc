package c

import "github.com/ipckit/ipckit/impl/seeded"

// The kinds of check that explore interleavings, and that decide histories.
const (
	race   = "race"
	stress = "stress"
)

// lookOnce has a waiter sleep until it is woken.
var lookOnce = seeded.Change{Old: "enum { LOOK_AGAIN = 250 };", New: "enum { LOOK_AGAIN = 3600000 };"}

// races show only where two processes meet in the wrong way, which exploring
// their interleavings brings about for sure. None gives way in its window, so
// that it tells, too, how often load meets it.
func races() []seeded.Fault {
	return []seeded.Fault{
		{
			ID: "c-count-in-two", Fault: "count = count + 1 of an atomic: a load and a store", Kind: race,
			Requirement: "WORD-ADD", Verdict: "fail", At: "add+add",
			File: "word.c",
			Changes: []seeded.Change{{
				Old: "        *before = atomic_fetch_add(w, delta);\n",
				New: "        atomic_store(w, (*before = atomic_load(w)) + delta);\n",
			}},
		},
		{
			ID: "c-swap-in-two", Fault: "compares, then stores", Kind: race,
			Requirement: "WORD-CAS", Verdict: "fail", At: "cas+cas",
			File: "word.c",
			Changes: []seeded.Change{{
				Old: "        *swapped = atomic_compare_exchange_strong(w, held, value); /* it says what was there instead */\n",
				New: "        *held = atomic_load(w);\n        if ((*swapped = *held == expected))\n            atomic_store(w, value);\n",
			}},
		},
		{
			ID: "c-lock-not-robust", Fault: "a mutex that is not robust: its owner dies and it stays locked", Kind: race,
			Requirement: "LOCK-OWNERDEATH", Verdict: "timeout", At: "B hangs",
			File:    "robust.c",
			Changes: []seeded.Change{{Old: "PTHREAD_MUTEX_ROBUST);", New: "PTHREAD_MUTEX_STALLED);"}},
		},
		{
			ID: "c-snapshot-unchecked", Fault: "two copies, and no second look at the version once the record is copied", Kind: race,
			Requirement: "SNAP-WHOLE", Verdict: "fail", At: "publish,publish+read",
			File: "snapshot.c",
			Changes: []seeded.Change{{Old: "COPIES = 4", New: "COPIES = 2"}, {
				Old: "        if (atomic_load_explicit(&p->copy[i].version, memory_order_relaxed) != version)\n            continue;\n",
			}},
		},
		{
			ID: "c-ring-counts-first", Fault: "counts the item before it is there", Kind: race,
			Requirement: "BUF-CONTENT", Verdict: "fail", At: "put+try-get",
			File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "    uint64_t size = p->size;\n",
				New: "    uint64_t size = p->size;\n    atomic_store(&h->tail, tail + 1);\n",
			}},
		},
		{
			ID: "c-ring-frees-first", Fault: "gives the slot back before the item is out of it", Kind: race,
			Requirement: "BUF-NODUP", Verdict: "fail", At: "full:",
			File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "    memcpy(p->bytes, slot(h, head) + sizeof size, (size_t)size);\n",
				New: "    atomic_store(&h->head, head + 1);\n    memcpy(p->bytes, slot(h, head) + sizeof size, (size_t)size);\n",
			}},
		},
		{
			ID: "c-busy-is-empty", Fault: "a get that may not wait says empty where somebody else has the mutex", Kind: race,
			Requirement: "BUF-LINEAR", Verdict: "fail", At: "try-get",
			File: "many.c",
			Changes: []seeded.Change{{
				Old: "        enum ipckit_error error = robust_acquire(&p->mutex, NULL);\n",
				New: "        enum ipckit_error error = wait == IPCKIT_NEVER ? robust_try(&p->mutex) : robust_acquire(&p->mutex, NULL);\n        if (error == IPCKIT_TIMEOUT)\n            return refused;\n",
			}},
		},
		{
			ID: "c-many-not-robust", Fault: "a mutex that is not robust: a consumer dies with it, and nobody gets anything any more", Kind: race,
			Requirement: "BUF-CONSUMERDEATH", Verdict: "timeout", At: "B hangs",
			File:    "robust.c",
			Changes: []seeded.Change{{Old: "PTHREAD_MUTEX_ROBUST);", New: "PTHREAD_MUTEX_STALLED);"}},
		},
		{
			ID: "c-listens-late", Fault: "reads the futex after the look, and sleeps until it is woken: a wake-up between them is lost", Kind: race,
			Requirement: "BUF-WAKE", Verdict: "timeout", At: "waits for ever",
			File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "        sleep_on(e, count, wait > 0 ? &deadline : NULL);\n",
				New: "        count = atomic_load(&e->count);\n        sleep_on(e, count, wait > 0 ? &deadline : NULL);\n"}, lookOnce},
		},
		{
			ID: "c-looks-once-more", Fault: "tries once more when its time is up, and gives up all the same", Kind: race,
			Requirement: "BUF-DEADLINE", Verdict: "fail", At: "put+timed-get",
			File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "        if (wait > 0 && past(&deadline))\n            return IPCKIT_TIMEOUT;\n",
				New: "        if (wait > 0 && past(&deadline)) {\n            attempt(h, argument);\n            return IPCKIT_TIMEOUT;\n        }\n",
			}},
		},
		{
			ID: "c-store-released", Fault: "stores with memory_order_release: the load behind it comes first", Kind: race,
			Requirement: "WORD-DEKKER", Verdict: "fail", At: "A=ok,ok value=0 B=ok,ok value=0",
			File: "word.c",
			Changes: []seeded.Change{{
				Old: "        atomic_store(w, value);\n",
				New: "        atomic_store_explicit(w, value, memory_order_release);\n",
			}},
		},
		{
			ID: "c-waiter-overlooked", Fault: "publishes with memory_order_release, then looks whether anybody waits, with no fence between", Kind: race,
			Requirement: "BUF-WAKE", Verdict: "timeout", At: "B=waits for ever",
			File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "    atomic_store(&h->tail, tail + 1);\n    signal_event(&h->filled);\n",
				New: "    atomic_store_explicit(&h->tail, tail + 1, memory_order_release);\n    if (atomic_load(&h->filled.waited) != 0)\n        signal_event(&h->filled);\n"}, {
				Old: "        uint32_t count = atomic_load(&e->count);\n        enum ipckit_error error = attempt(h, argument);\n",
				New: `        atomic_store(&e->waited, 1); /* before the last look, as it must be */
        uint32_t count = atomic_load(&e->count);
        enum ipckit_error error = attempt(h, argument);
        if (error != refused || wait == IPCKIT_NEVER)
            atomic_store(&e->waited, 0);
`,
			},
				lookOnce},
		},
		{
			ID: "c-many-unlocked", Fault: "two producers, and no mutex: both take the same slot", Kind: race,
			Requirement: "BUF-NOLOSS", Verdict: "fail", At: "buffer.many",
			File: "many.c",
			Changes: []seeded.Change{{
				Old: "        enum ipckit_error error = robust_acquire(&p->mutex, NULL);\n",
				New: "        enum ipckit_error error = IPCKIT_OK;\n",
			}},
		},
	}
}
