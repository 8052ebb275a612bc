package region

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/ipckit/ipckit/harness/subject"
)

// path returns the file of a name.
func (rs *Regions) path(name string) (string, error) {
	bare := strings.TrimPrefix(name, "/")
	switch {
	case rs.fault == NameEscapes:
		if bare == "" {
			return "", subject.Errorf(subject.Invalid, "empty name")
		}
		return filepath.Join(shm, bare), nil
	case rs.fault == NamesCut:
		sum := 0
		for _, b := range []byte(bare) {
			sum += int(b)
		}
		bare = fmt.Sprintf("ipckit-cut-%d", sum%4)
	case rs.fault == NamesInLowerCase:
		bare = strings.ToLower(bare)
	case rs.fault == LongNamesCut && len(bare) > 200:
		bare = bare[:200]
	}
	if !strings.HasPrefix(name, "/") || bare == "" || bare == "." || bare == ".." || strings.Contains(bare, "/") || len(bare) > 255 {
		return "", subject.Errorf(subject.Invalid, "name %q: want a slash and 1 to 255 characters without one", name)
	}
	return filepath.Join(shm, bare), nil
}

// existing returns the file of a name that should exist.
func (rs *Regions) existing(name string) (string, error) {
	if rs.fault == NameCheckedAtCreation {
		return filepath.Join(shm, name), nil
	}
	return rs.path(name)
}
