package sanitize

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/subject"
)

var (
	// comments are removed first: assembly in a comment orders nothing.
	comments = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)

	// asmStatement is a statement of inline assembly, or a fence intrinsic, which
	// orders memory in the same way.
	asmStatement = regexp.MustCompile(`\b(?:__asm__|__asm|asm)\b[^;]*;|\b(?:_mm_[mls]fence|__builtin_ia32_[mls]fence)\b`)

	// pausing instructions only slow down a loop, and order nothing.
	pausing = regexp.MustCompile(`^\w+\s*(?:volatile|__volatile__)?\s*\(\s*"\s*(?:pause|rep;?\s*nop|nop|yield)\s*"`)
)

// assembly names the first file of the subject that has inline assembly, or
// returns "".
func assembly(dir string, c *subject.C) (string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	files := slices.Clone(c.Sources)
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && strings.HasSuffix(name, ".h") {
			files = append(files, name)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	for _, name := range files {
		text, err := root.ReadFile(path.Clean(name))
		if err != nil {
			continue // the build reports it
		}
		for _, statement := range asmStatement.FindAllString(comments.ReplaceAllString(string(text), " "), -1) {
			if !pausing.MatchString(statement) {
				return name, nil
			}
		}
	}
	return "", nil
}
