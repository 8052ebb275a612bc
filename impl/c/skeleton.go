package c

import (
	"io/fs"
	"path"
	"slices"
	"strings"
)

const header = "ipckit.h"

// skeleton shows a directory with the kit's header in it, of which there is one
// only.
type skeleton struct{ dir string }

func (s skeleton) Open(name string) (fs.File, error) {
	switch {
	case !fs.ValidPath(name):
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	case name == header:
		return embedded.Open(header)
	}
	return embedded.Open(path.Join(s.dir, name))
}

func (s skeleton) ReadDir(name string) ([]fs.DirEntry, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrInvalid}
	}
	entries, err := embedded.ReadDir(path.Join(s.dir, name))
	if err != nil || name != "." {
		return entries, err
	}
	file, err := fs.Stat(embedded, header)
	if err != nil {
		return nil, err
	}
	entries = append(entries, fs.FileInfoToDirEntry(file))
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}
