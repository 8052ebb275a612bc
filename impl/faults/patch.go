package faults

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bluekeyes/go-gitdiff/gitdiff"
)

//go:embed patches
var patches embed.FS

// patch applies the fault's patch to its base, which stands in dir. Every hunk
// must fit at its line.
func (f Fault) patch(dir string) error {
	name := "patches/" + f.ID + ".patch"
	text, err := patches.ReadFile(name)
	if err != nil {
		return err
	}
	files, _, err := gitdiff.Parse(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(files) == 0 {
		return fmt.Errorf("%s changes nothing", name)
	}
	for _, file := range files {
		inside, ok := strings.CutPrefix(file.OldName, f.Base.Dir+"/")
		if !ok || file.NewName != file.OldName {
			return fmt.Errorf("%s changes %s into %s: want one file of %s", name, file.OldName, file.NewName, f.Base.Dir)
		}
		if err := apply(file, filepath.Join(dir, inside)); err != nil {
			return fmt.Errorf("%s does not fit %s%w", name, file.OldName, err)
		}
	}
	return nil
}

// apply changes the file at path. An error begins with the place where the patch
// does not fit.
func apply(file *gitdiff.File, path string) error {
	source, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf(": %w", err)
	}
	var patched bytes.Buffer
	if err := gitdiff.Apply(&patched, bytes.NewReader(source), file); err != nil {
		var at *gitdiff.ApplyError
		if errors.As(err, &at) && at.Line > 0 {
			return fmt.Errorf(":%d: %w", at.Line, err)
		}
		return fmt.Errorf(": %w", err)
	}
	return os.WriteFile(path, patched.Bytes(), 0o644)
}
