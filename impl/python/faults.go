package python

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Interpreter is what the claims start agents with.
const Interpreter = "python3"

// A Fault is one mistake in the example, as students make it.
type Fault struct {
	ID          string // stable, in words
	Fault       string // what is wrong, as its author might have written it
	Requirement string // that must catch it
	Verdict     string // with which it must be caught: fail, timeout or leak
	At          string // part of the message by which it is caught
	Kind        string // of the check that must catch it; "" is any but race

	file     string
	old, new string // the lines that are right, and what stands there instead
}

// Faults lists the faults, by requirement.
func Faults() []Fault {
	return []Fault{
		{
			ID: "python-opener-unlinks", Fault: "whoever opens a region removes its name, as multiprocessing.shared_memory does later",
			Requirement: "REG-VISITOR", Verdict: "fail", At: "opening it after a visitor ended",
			file: "region.py",
			old:  "            return cls(fd, read_only)\n",
			new:  "            region = cls(fd, read_only)\n            _posixshmem.shm_unlink(name)\n            return region\n",
		},
		{
			ID: "python-counts-apart", Fault: "counts items in a threading.Semaphore, of which each process has its own",
			Requirement: "BUF-FIFO", Verdict: "timeout", At: "did not come back",
			file: "semaphore.py",
			old:  "class Semaphore:\n",
			new: `class Semaphore:
    def __init__(self, memory, offset):
        self.count = threading.Semaphore(0)

    def initialise(self, value):
        for _ in range(value):
            self.post()

    def acquire(self, timeout):
        if timeout == 0:
            return self.count.acquire(blocking=False)
        return self.count.acquire(timeout=timeout)

    def post(self):
        self.count.release()

    def release(self):
        pass


class Shared:
`,
		},
		{
			ID: "python-sleeps-instead", Fault: "get waits for a moment, by when the producer will have put something",
			Requirement: "BUF-EMPTY", Verdict: "fail", At: "where it must wait",
			file: "buffer.py",
			old:  "        if not self.used.acquire(timeout):\n",
			new:  "        time.sleep(0 if timeout == 0 else 0.001)\n        if not self.used.acquire(0) and timeout == 0:\n",
		},
		{
			ID: "python-never-unlinks", Fault: "closes its region, and leaves the name to somebody else",
			Requirement: "BUF-NOLEAK", Verdict: "fail", At: "creating the queue",
			file: "buffer.py",
			old:  "        Region.unlink(name)\n",
			new:  "        pass\n",
		},
		{
			ID: "python-counts-first", Fault: "counts the item before it is there", Kind: "race",
			Requirement: "BUF-CONTENT", Verdict: "fail", At: "put+try-get",
			file: "buffer.py",
			old:  "        self.append(item)\n        self.used.post()\n",
			new:  "        self.used.post()\n        self.append(item)\n",
		},
	}
}

// Write writes the example with the fault into a directory that exists.
func (f Fault) Write(dir string) error {
	example := sub("example")
	entries, err := fs.ReadDir(example, ".")
	if err != nil {
		return err
	}
	found := false
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		source, err := fs.ReadFile(example, e.Name())
		if err != nil {
			return err
		}
		text := string(source)
		if e.Name() == f.file {
			if n := strings.Count(text, f.old); n != 1 {
				return fmt.Errorf("python: fault %s: %s has %d places that read %q, want 1", f.ID, f.file, n, f.old)
			}
			text, found = f.apply(text), true
		}
		if err := os.WriteFile(filepath.Join(dir, e.Name()), []byte(text), 0o644); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("python: fault %s: the example has no %s", f.ID, f.file)
	}
	return nil
}

// apply makes the fault, and gets what it needs.
func (f Fault) apply(text string) string {
	text = strings.Replace(text, f.old, f.new, 1)
	for _, module := range []string{"threading", "time"} {
		if strings.Contains(f.new, module+".") && !strings.Contains(text, "\nimport "+module+"\n") {
			text = strings.Replace(text, "\nimport ", "\nimport "+module+"\nimport ", 1)
		}
	}
	return text
}
