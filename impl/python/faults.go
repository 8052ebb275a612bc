package python

import "github.com/ipckit/ipckit/impl/seeded"

// Interpreter is what the claims start agents with.
const Interpreter = "python3"

// Faults lists the faults, by requirement: mistakes in the example.
func Faults() []seeded.Fault {
	all := mistakes()
	for i := range all {
		all[i].Right, all[i].Needs = sub("example"), Interpreter
	}
	return all
}

func mistakes() []seeded.Fault {
	return []seeded.Fault{
		{
			ID: "python-opener-unlinks", Fault: "whoever opens a region removes its name, as multiprocessing.shared_memory does later",
			Requirement: "REG-VISITOR", Verdict: "fail", At: "opening it after a visitor ended",
			File: "region.py",
			Changes: []seeded.Change{{
				Old: "            return cls(fd, read_only)\n",
				New: "            region = cls(fd, read_only)\n            _posixshmem.shm_unlink(name)\n            return region\n",
			}},
		},
		{
			ID: "python-counts-apart", Fault: "counts items in a threading.Semaphore, of which each process has its own",
			Requirement: "BUF-FIFO", Verdict: "timeout", At: "did not come back",
			File: "semaphore.py",
			Changes: []seeded.Change{{
				Old: "import time\n",
				New: "import threading\nimport time\n",
			}, {
				Old: "class Semaphore:\n",
				New: `class Semaphore:
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
`}},
		},
		{
			ID: "python-sleeps-instead", Fault: "get waits for a moment, by when the producer will have put something",
			Requirement: "BUF-EMPTY", Verdict: "fail", At: "where it must wait",
			File: "buffer.py",
			Changes: []seeded.Change{{
				Old: "import struct\n",
				New: "import struct\nimport time\n",
			}, {
				Old: "        if not self.used.acquire(timeout):\n",
				New: "        time.sleep(0 if timeout == 0 else 0.001)\n        if not self.used.acquire(0) and timeout == 0:\n",
			}},
		},
		{
			ID: "python-never-unlinks", Fault: "closes its region, and leaves the name to somebody else",
			Requirement: "BUF-NOLEAK", Verdict: "fail", At: "creating the queue",
			File:    "buffer.py",
			Changes: []seeded.Change{{Old: "        Region.unlink(name)\n", New: "        pass\n"}},
		},
		{
			ID: "python-counts-first", Fault: "counts the item before it is there", Kind: "race",
			Requirement: "BUF-CONTENT", Verdict: "fail", At: "put+try-get",
			File: "buffer.py",
			Changes: []seeded.Change{{
				Old: "        self.append(item)\n        self.used.post()\n",
				New: "        self.used.post()\n        self.append(item)\n",
			}},
		},
	}
}
