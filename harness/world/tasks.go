package world

import "github.com/ipckit/ipckit/harness/world/proc"

// tasksOf counts the processes and threads that the host runs under a uid, for
// RLIMIT_NPROC counts them all.
func tasksOf(uid int) int {
	n := 0
	for _, pid := range proc.All() {
		status := proc.ReadStatus(pid)
		if status.UID == uid {
			n += status.Threads
		}
	}
	return n
}

// holderTasks is how many threads a holder may have, where it shares the uid of
// the world's processes and is counted with them.
const holderTasks = 32
