// Package controls holds correct implementations of unusual shape, each a
// subject in a directory of its own: the textbook's solutions and plain POSIX.
// What raises an alarm there is wrong itself. Beside them it holds the one
// mistake in them that no other implementation can make.
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

//go:embed peterson
var sources embed.FS

// Compiler is what the claims need to be built.
const Compiler = "cc"

// Faults lists the faults.
func Faults() []seeded.Fault {
	peterson, err := fs.Sub(sources, "peterson")
	if err != nil {
		panic(err) // it is embedded above
	}
	return []seeded.Fault{{
		ID: "c-peterson-unfenced", Fault: "Peterson's lock as textbooks have it, without a fence: the load of the other's wish comes before the store of one's own",
		Requirement: "LOCK-EXCLUSION", Verdict: "fail", At: "A=ok B=ok", Kind: "race", Needs: Compiler,
		Right: peterson, File: "lock.c",
		Changes: []seeded.Change{{Old: "    atomic_thread_fence(memory_order_seq_cst);\n"}},
	}}
}
