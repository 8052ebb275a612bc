package mutants

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/ipckit/ipckit/harness/subject"
)

// path turns a name into a file.
func (rs *regions) path(name string) (string, error) {
	bare := strings.TrimPrefix(name, "/")
	switch {
	case rs.is("region-name-escapes"):
		if bare == "" {
			return "", subject.Errorf(subject.Invalid, "empty name")
		}
		return filepath.Join(shm, bare), nil
	case rs.is("region-names-cut"):
		sum := 0
		for _, b := range []byte(bare) {
			sum += int(b)
		}
		bare = fmt.Sprintf("ipckit-cut-%d", sum%4)
	case rs.is("region-names-in-lower-case"):
		bare = strings.ToLower(bare)
	case rs.is("region-long-names-cut") && len(bare) > 200:
		bare = bare[:200]
	}
	if !strings.HasPrefix(name, "/") || bare == "" || bare == "." || bare == ".." || strings.Contains(bare, "/") || len(bare) > 255 {
		return "", subject.Errorf(subject.Invalid, "name %q: want a slash and 1 to 255 characters without one", name)
	}
	return filepath.Join(shm, bare), nil
}

// existing turns the name of what ought to be there into a file.
func (rs *regions) existing(name string) (string, error) {
	if rs.is("region-name-checked-at-creation") {
		return filepath.Join(shm, name), nil
	}
	return rs.path(name)
}
