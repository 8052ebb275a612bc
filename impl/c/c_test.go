package c_test

import (
	"io/fs"
	"slices"
	"testing"

	"github.com/ipckit/ipckit/impl/c"
)

// The adapter and `ipckit new` walk these: what is missing here is missing
// from the binary.
func TestEmbedded(t *testing.T) {
	type embedded struct {
		name  string
		files fs.FS
		want  []string
	}
	all := []embedded{
		{"Files", c.Files, []string{"ipckit.h", "shim/ipckit_shim.c", "shim/command.h", "skeleton/buffer.c"}},
		{"Skeleton", c.Skeleton, []string{"buffer.c", "ipckit.h", "ipckit.yaml"}},
	}
	for _, part := range c.Parts {
		all = append(all, embedded{part, c.Part(part), []string{part + ".c", "ipckit.h", "ipckit.yaml"}})
	}
	for _, x := range all {
		t.Run(x.name, func(t *testing.T) {
			var found []string
			err := fs.WalkDir(x.files, ".", func(name string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				text, err := fs.ReadFile(x.files, name)
				if err == nil && len(text) == 0 {
					t.Errorf("%s is empty", name)
				}
				found = append(found, name)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range x.want {
				if !slices.Contains(found, want) {
					t.Errorf("%s is not there; there are %v", want, found)
				}
			}
		})
	}
}
