package c

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/impl/controls"
)

//go:embed example
var example embed.FS

// Compiler is what the claims need to be built.
const Compiler = "cc"

// A Fault is one mistake in the example, or in the textbook's solutions, as
// students make it.
type Fault struct {
	ID          string // stable, in words
	Fault       string // what is wrong, as its author might have written it
	Requirement string // that must catch it
	Verdict     string // with which it must be caught: fail, timeout or leak
	At          string // part of the step or the message by which it is caught
	Kind        string // of the check that must catch it; "" is any but race

	base     string // the textbook's solution that it is a mistake in; "" is the example
	file     string
	old, new string   // the lines that are right, and what stands there instead
	and      []change // in the same file, where one place is not enough
}

// A change is one more place of a fault.
type change struct {
	old, new string
	every    bool // wherever it stands
}

// Faults lists the faults, by requirement, and then those that are races.
func Faults() []Fault {
	return slices.Concat(mistakes(), misread(), messages(), races())
}

// mistakes show in what the operations do.
func mistakes() []Fault {
	return []Fault{
		{
			ID: "c-open-cuts", Fault: "whoever opens a region gives it a size too, one page",
			Requirement: "REG-NORESIZE", Verdict: "fail", At: "before it was opened",
			file: "region.c",
			old:  "    struct stat status;\n",
			new:  "    struct stat status;\n    if (!read_only && ftruncate(fd, 4096) < 0)\n        return ipckit_errno(\"ftruncate\");\n",
		},
		{
			ID: "c-count-unlocked", Fault: "adds by count = count + 1, which two can do at once",
			Requirement: "WORD-ADD", Verdict: "fail", At: "steps went wrong",
			file: "word.c",
			old:  "        *before = atomic_fetch_add(w, delta);\n",
			new:  "    {\n        extern int sched_yield(void);\n        *before = *w;\n        sched_yield();\n        *w = *before + delta;\n    }\n",
		},
		{
			ID: "c-interrupted-is-granted", Fault: "takes a wait that a signal interrupted for one that was granted",
			Requirement: "SEM-EINTR", Verdict: "fail", At: "during signals",
			file: "semaphore.c",
			old:  "    } while (result < 0 && errno == EINTR);\n",
			new:  "        if (result < 0 && errno == EINTR)\n            return IPCKIT_OK;\n    } while (false);\n",
		},
		{
			ID: "c-mapped-privately", Fault: "maps the buffer with MAP_PRIVATE: each process has its own in and out",
			Requirement: "BUF-FIFO", Verdict: "fail", At: "opening the queue in a second process",
			file: "buffer.c",
			old:  "PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);",
			new:  "PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);",
		},
		{
			ID: "c-slot-short", Fault: "keeps one slot free to tell full from empty, and claims all of them",
			Requirement: "BUF-CAPACITY", Verdict: "fail", At: "were claimed",
			file: "buffer.c",
			old:  ">= h->capacity)\n",
			new:  ">= h->capacity - 1)\n",
		},
		{
			ID: "c-sleeps-instead", Fault: "get waits for a moment, by when the producer will have put something",
			Requirement: "BUF-EMPTY", Verdict: "fail", At: "where it must wait",
			file: "buffer.c",
			old:  "        sleep_on(e, count, wait > 0 ? &deadline : NULL);\n",
			new:  "        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);\n        if (refused == IPCKIT_EMPTY)\n            return attempt(h, argument);\n",
		},
		{
			ID: "c-wakes-the-others", Fault: "a put wakes those who wait for room",
			Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back",
			file: "many.c",
			old:  "    signal_event(&p->filled);\n    *(volatile uint64_t *)&p->tail = p->tail + 1;\n",
			new:  "    signal_event(&p->freed);\n    *(volatile uint64_t *)&p->tail = p->tail + 1;\n",
		},
		{
			ID: "c-done-flag-first", Fault: "get looks at the done flag before it looks into the buffer",
			Requirement: "BUF-DRAIN", Verdict: "fail", At: "refused: closed",
			file: "buffer.c",
			old:  "    if (head == atomic_load(&h->tail))\n        return closed ? IPCKIT_CLOSED : IPCKIT_EMPTY;\n",
			new:  "    if (closed)\n        return IPCKIT_CLOSED;\n    if (head == atomic_load(&h->tail))\n        return IPCKIT_EMPTY;\n",
		},
		{
			ID: "c-never-unlinks", Fault: "leaves the name to somebody else",
			Requirement: "BUF-NOLEAK", Verdict: "fail", At: "creating the queue",
			file: "buffer.c",
			old:  "    return shm_unlink(name) < 0 ? ipckit_errno(\"shm_unlink\") : IPCKIT_OK;\n",
			new:  "    return name != NULL ? IPCKIT_OK : IPCKIT_INVALID;\n",
		},
	}
}

// messages are mistakes in message passing.
func messages() []Fault {
	return []Fault{
		{
			ID: "c-empty-when-busy", Fault: "a get that may not wait says empty where somebody else has the mutex", Kind: stress,
			Requirement: "BUF-LINEAR", Verdict: "fail", At: "operations prove it",
			file: "many.c",
			old:  "        enum ipckit_error error = robust_acquire(&p->mutex, NULL);\n",
			new:  "        enum ipckit_error error = wait == IPCKIT_NEVER ? robust_try(&p->mutex) : robust_acquire(&p->mutex, NULL);\n        if (error == IPCKIT_TIMEOUT)\n            return refused;\n",
			and: []change{{ // gives way with it, so that others come to look
				old: "        robust_release(&p->mutex);\n        if (!sleeps)",
				new: "        extern int sched_yield(void);\n        sched_yield();\n        robust_release(&p->mutex);\n        if (!sleeps)",
			}},
		},
		{
			ID: "c-priority-dropped", Fault: "takes a priority, and sends every message with the lowest",
			Requirement: "BOX-PRIORITY", Verdict: "fail", At: "priority",
			file: "mailbox.c",
			old:  "mq_timedsend(b->queue, message, size, (unsigned)priority, &limit);\n",
			new:  "mq_timedsend(b->queue, message, size, 0, &limit);\n",
			and: []change{{
				old: "mq_send(b->queue, message, size, (unsigned)priority)",
				new: "mq_send(b->queue, message, size, priority < 0)",
			}},
		},
		{
			ID: "c-link-takes-anyones", Fault: "receive(P) takes what is there, whoever sent it",
			Requirement: "LINK-NAMED", Verdict: "fail", At: "was due",
			file: "link.c",
			old:  "        if ((error = take(l, into, room, size)) != IPCKIT_EMPTY)\n            return error;\n        error = await_one(",
			new: "        for (size_t i = l->party->count; i-- > 0;) { /* the newest first */\n            struct link *any = l->party->links[i];\n" +
				"            if (!any->listening && (error = take(any, into, room, size)) != IPCKIT_EMPTY)\n                return error;\n        }\n        error = await_one(",
		},
		{
			ID: "c-link-is-a-stream", Fault: "a stream: what is there is taken for one message",
			Requirement: "LINK-BOUNDARY", Verdict: "fail", At: "and came out",
			file: "link.c",
			old:  "SOCK_SEQPACKET | SOCK_CLOEXEC",
			new:  "SOCK_STREAM | SOCK_CLOEXEC",
			and: []change{{
				old: "recv(l->fd, NULL, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);",
				new: "recv(l->fd, &before, 1, MSG_PEEK | MSG_DONTWAIT);",
			}},
		},
	}
}

// Right is what the fault is a mistake in, one directory.
func (f Fault) Right() fs.FS {
	from, dir := fs.FS(example), "example"
	if f.base != "" {
		from, dir = controls.Textbook, f.base
	}
	sources, err := fs.Sub(from, dir)
	if err != nil {
		panic(err) // a constant that is no path
	}
	return sources
}

// Write writes the sources with the fault into a directory that exists.
func (f Fault) Write(dir string) error {
	right := f.Right()
	entries, err := fs.ReadDir(right, ".")
	if err != nil {
		return err
	}
	found := false
	for _, e := range entries {
		source, err := fs.ReadFile(right, e.Name())
		if err != nil {
			return err
		}
		text := string(source)
		if e.Name() == f.file {
			if text, err = f.apply(text); err != nil {
				return err
			}
			found = true
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("c: fault %s: there is no %s", f.ID, f.file)
	}
	return nil
}

// apply puts the fault into the text of its file.
func (f Fault) apply(text string) (string, error) {
	for _, c := range append([]change{{old: f.old, new: f.new}}, f.and...) {
		if n := strings.Count(text, c.old); n != 1 && !(c.every && n > 1) {
			return "", fmt.Errorf("c: fault %s: %s has %d places that read %q, want 1", f.ID, f.file, n, c.old)
		}
		text = strings.ReplaceAll(text, c.old, c.new)
	}
	return text, nil
}
