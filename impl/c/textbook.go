package c

import (
	"github.com/ipckit/ipckit/impl/controls"
	"github.com/ipckit/ipckit/impl/seeded"
)

// misread are mistakes in the textbook's own solutions, as they are made who
// write them down for processes.
func misread() []seeded.Fault {
	spinning, semaphores := sub(controls.Textbook, "spinning"), sub(controls.Textbook, "semaphore")
	return []seeded.Fault{
		{
			ID: "c-mutex-first", Fault: "waits for mutex before it waits for empty: a full buffer is locked for ever",
			Requirement: "BUF-FULL", Verdict: "timeout", At: "did not come back",
			Right: semaphores, File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "    if ((error = wait_for(b->semaphore[EMPTY], wait, IPCKIT_FULL)) != IPCKIT_OK || (error = lock(b)) != IPCKIT_OK)\n        return error;\n",
				New: "    if ((error = lock(b)) != IPCKIT_OK)\n        return error;\n" +
					"    if ((error = wait_for(b->semaphore[EMPTY], wait, IPCKIT_FULL)) != IPCKIT_OK) {\n        signal_to(b->semaphore[MUTEX]);\n        return error;\n    }\n"}},
		},
		{
			ID: "c-full-never-signalled", Fault: "signals empty where it should signal full",
			Requirement: "BUF-EMPTY", Verdict: "timeout", At: "did not come back",
			Right: semaphores, File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "    return signal_to(b->semaphore[FULL]);\n",
				New: "    return signal_to(b->semaphore[EMPTY]);\n",
			}},
		},
		{
			ID: "c-plain-spin", Fault: "in and out are plain ints: at -O2 the loop that waits reads in once",
			Requirement: "BUF-EMPTY", Verdict: "timeout", At: "did not come back",
			Right: spinning, File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "#include <stdatomic.h>\n",
				New: "#define atomic_int int\n#define atomic_load(p) (*(p))\n#define atomic_store(p, v) (*(p) = (v))\n"}, {
				Old: "    while (atomic_load(&s->in) == out)\n        if (!again(",
				New: "    while (wait == IPCKIT_FOREVER && s->in == out)\n        ; /* do nothing */\n    while (s->in == out)\n        if (!again(",
			}},
		},
		{
			ID: "c-in-and-out-apart", Fault: "in and out are global variables, of which each process has its own",
			Requirement: "BUF-FIFO", Verdict: "timeout", At: "did not come back",
			Right: spinning, File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "    atomic_int in;  /* the next free slot; the producer's */\n    atomic_int out; /* the first full slot; the consumer's */\n    item buffer[BUFFER_SIZE];\n};\n",
				New: "    item buffer[BUFFER_SIZE];\n};\n\nstatic struct {\n    atomic_int in, out;\n} global;\n",
			}, {
				Old: "(&s->",
				New: "(&global.", Every: true,
			}},
		},
		{
			ID: "c-modulo-forgotten", Fault: "tests in + 1 == out without the modulo, so that one lap overwrites the other",
			Requirement: "BUF-CAPACITY", Verdict: "fail", At: "were claimed",
			Right: spinning, File: "buffer.c",
			Changes: []seeded.Change{{
				Old: "    while ((in + 1) % BUFFER_SIZE == atomic_load(&s->out))\n",
				New: "    while (in + 1 == atomic_load(&s->out))\n",
			}},
		},
	}
}
