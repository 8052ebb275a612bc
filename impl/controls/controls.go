// Package controls has correct implementations of unusual shape, each a subject in
// a directory of its own: the solutions of textbooks, plain POSIX and System V. A
// check that fails here is wrong itself.
//
// The bounded buffers are those of Silberschatz, Galvin, Gagne, Operating System
// Concepts: spinning of 3.5 and semaphore of 7.1.1.
package controls

import (
	"embed"
	"io/fs"
)

//go:embed mqueue peterson semaphore spinning sysv
var files embed.FS

// Control is one of those in which faults are seeded: its directory, with the
// claims.
func Control(name string) fs.FS {
	control, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // a constant that is no path
	}
	return control
}
