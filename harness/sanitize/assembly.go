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
	// comments and texts are no code.
	comments = regexp.MustCompile(`(?s)/\*.*?\*/|//[^\n]*`)

	// asmStatement is a statement of inline assembly, and what orders memory as
	// one does.
	asmStatement = regexp.MustCompile(`\b(?:__asm__|__asm|asm)\b[^;]*;|\b(?:_mm_[mls]fence|__builtin_ia32_[mls]fence)\b`)

	// pausing orders nothing: it says that somebody loops.
	pausing = regexp.MustCompile(`^\w+\s*(?:volatile|__volatile__)?\s*\(\s*"\s*(?:pause|rep;?\s*nop|nop|yield)\s*"`)
)

// assembly names the first of the subject's files that has inline assembly, or
// is "".
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
			continue // the build says it better
		}
		for _, statement := range asmStatement.FindAllString(comments.ReplaceAllString(string(text), " "), -1) {
			if !pausing.MatchString(statement) {
				return name, nil
			}
		}
	}
	return "", nil
}
