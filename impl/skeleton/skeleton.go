// Package skeleton holds what "ipckit new go" writes: a Go package to complete.
package skeleton

import (
	"embed"
	"io/fs"
)

//go:embed go
var files embed.FS

// Go is the skeleton of a Go package. Its files end in .skeleton, so that the go
// command does not build them as part of the kit.
var Go = sub("go")

func sub(dir string) fs.FS {
	f, err := fs.Sub(files, dir)
	if err != nil {
		panic(err) // the directory is embedded above
	}
	return f
}
