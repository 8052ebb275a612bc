package names

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/ipckit/ipckit/harness/check"
)

// A bait is a file in /tmp that is no object of the subject. A name that leads out of
// the name space would reach it.
type bait struct{ base, path string }

// content of a bait, long enough to be mapped.
var content = bytes.Repeat([]byte("bait"), 1024)

// lay makes a bait where p can see it. It is not ok where this host has no place
// for it.
func lay(w *check.World, p *check.Process) (b bait, ok bool) {
	base := Base(w) + "-bait"
	b = bait{base, filepath.Join(fmt.Sprintf("/proc/%d/root/tmp", p.PID()), base)}
	if err := os.WriteFile(b.path, content, 0o600); err != nil {
		return b, false
	}
	w.Cleanup(b.remove)
	if uid := w.User(); uid != os.Getuid() && os.Chown(b.path, uid, uid) != nil {
		return b, false // a file that it may not touch is no bait
	}
	return b, true
}

// Lure expects that a file outside the name space is no object, and is neither
// opened nor removed by q.
func Lure(w *check.World, q *check.Process, open, unlink func(name string) error) {
	file, ok := lay(w, q)
	if !ok {
		return
	}
	for _, n := range file.names() {
		w.Step("%s", n.What)
		if open(n.Name) == nil {
			w.Fail("%s, %q, was opened although no process created it: it left the name space", n.What, n.Name)
		}
		_ = unlink(n.Name) // whatever comes of it, the file stays
		file.stays(w, n)
	}
	file.remove()
}

// remove takes the bait away, where it is still there.
func (b bait) remove() { _ = os.Remove(b.path) }

// names would reach the bait from /dev/shm, from a directory of /tmp, and from
// where a name is taken for a path.
func (b bait) names() []Name {
	return []Name{
		{"the way to a file in /tmp", "/../../tmp/" + b.base},
		{"the way to a file in /tmp, without a slash", "../../tmp/" + b.base},
		{"the way to a file next to a directory of /tmp", "/../" + b.base},
		{"the path of a file in /tmp", "/tmp/" + b.base},
	}
}

// stays fails where the bait is not as it was laid, when the name n was opened
// and unlinked.
func (b bait) stays(w *check.World, n Name) {
	switch now, err := os.ReadFile(b.path); {
	case os.IsNotExist(err):
		w.Fail("%s, %q, left the name space: the file was removed", n.What, n.Name)
	case err == nil && !bytes.Equal(now, content):
		w.Fail("%s, %q, left the name space: the file was changed", n.What, n.Name)
	}
}
