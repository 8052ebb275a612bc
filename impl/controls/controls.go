// Package controls holds correct implementations of unusual shape, each a
// subject in a directory of its own: the textbook's solutions, plain POSIX and
// System V. What raises an alarm there is wrong itself. Beside them it holds the
// mistakes in them that no other implementation can make.
package controls

import (
	"embed"
	"io/fs"

	"github.com/ipckit/ipckit/impl/seeded"
)

// Textbook are the bounded buffers of Silberschatz, Galvin, Gagne, Operating
// System Concepts: spinning of 3.5 and semaphore of 7.1.1.
//
//go:embed semaphore spinning
var Textbook embed.FS

//go:embed peterson sysv
var sources embed.FS

// Compiler is what the claims need to be built.
const Compiler = "cc"

// Faults lists the faults.
func Faults() []seeded.Fault {
	return []seeded.Fault{
		{
			ID: "c-peterson-unfenced", Fault: "Peterson's lock as textbooks have it, without a fence: the load of the other's wish comes before the store of one's own",
			Requirement: "LOCK-EXCLUSION", Verdict: "fail", At: "A=ok B=ok", Kind: "race", Needs: Compiler,
			Right: control("peterson"), File: "lock.c",
			Changes: []seeded.Change{{Old: "    atomic_thread_fence(memory_order_seq_cst);\n"}},
		},
		{
			ID: "c-type-counted", Fault: "gives msgsnd the size with the type, and gets it so from msgrcv",
			Requirement: "BOX-CONTENT", Verdict: "fail", At: "came out", Needs: Compiler,
			Right: control("sysv"), File: "queue.c",
			Changes: []seeded.Change{
				{Old: "    unsigned char bytes[MESSAGE_MAX];\n", New: "    unsigned char bytes[MESSAGE_MAX + sizeof(long)];\n"},
				{Old: "msgsnd(q->id, &m, size,", New: "msgsnd(q->id, &m, sizeof m.type + size,"},
			},
		},
		{
			ID: "c-nowait-unchecked", Fault: "passes IPC_NOWAIT to msgsnd, and does not look at what it answers",
			Requirement: "BOX-TRYFULL", Verdict: "fail", At: "was accepted", Needs: Compiler,
			Right: control("sysv"), File: "queue.c",
			Changes: []seeded.Change{{
				Old: "        return errno == EAGAIN ? IPCKIT_FULL : refusal(\"msgsnd\");\n",
				New: "        return errno == EAGAIN ? IPCKIT_OK : refusal(\"msgsnd\");\n",
			}},
		},
	}
}

// control is the directory of one that has faults.
func control(name string) fs.FS {
	files, err := fs.Sub(sources, name)
	if err != nil {
		panic(err) // it is embedded above
	}
	return files
}
