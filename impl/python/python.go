// Package python is the way in for Python: one file that turns classes into an
// agent, and a skeleton to start from. The directory example beside it is a
// complete implementation.
package python

import (
	"embed"
	"io/fs"
)

//go:embed ipckit.py example skeleton
var embedded embed.FS

// Modules are what the kit puts on PYTHONPATH of every executable agent:
// ipckit.py.
var Modules = fs.FS(embedded)

// Example is a complete implementation, a directory with its claims.
var Example = sub("example")

// Interpreter is what the claims start agents with.
const Interpreter = "python3"

// Skeleton is a subject to start from: a claims file, and a source whose methods
// are to be filled in.
var Skeleton = sub("skeleton")

func sub(dir string) fs.FS {
	f, err := fs.Sub(embedded, dir)
	if err != nil {
		panic(err) // the directory is embedded above
	}
	return f
}
