// Package c is the way in for C: one header that an implementation fills in,
// one shim that turns it into an agent, and a skeleton to start from.
//
// The other directories beside it are subjects: example is a complete
// implementation, course shows a header of a course's own behind the kit's.
package c

import (
	"embed"
	"io/fs"
)

//go:embed example
var example embed.FS

// Example is a complete implementation, a directory with its claims.
var Example = sub(example, "example")

func sub(files fs.FS, dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // a constant that is no path
	}
	return f
}

//go:embed ipckit.h shim/*.c shim/*.h threads/*.c threads/*.h skeleton parts
var embedded embed.FS

// Files are what the kit compiles an implementation with: ipckit.h, the shim in
// the directory shim, whose one source is shim/ipckit_shim.c, and in threads what
// drives it for ThreadSanitizer.
var Files = fs.FS(embedded)

// Skeleton is a subject to start from: a claims file, a source whose functions
// are to be filled in, and, for editors, the header. It is a buffer between two
// processes.
var Skeleton fs.FS = skeleton{"skeleton"}

// Parts names the other skeletons, one for each part of the header.
var Parts = []string{"region", "lock", "semaphore", "rwlock", "snapshot", "many", "mailbox", "link"}

// Part is the skeleton of one of Parts.
func Part(name string) fs.FS { return skeleton{"parts/" + name} }
