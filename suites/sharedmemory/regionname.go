package sharedmemory

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ipckit/ipckit/harness/spec"
	"github.com/ipckit/ipckit/harness/subject"
)

// regNames tries names at the edges: each is accepted, and then works like any
// other, or refused; none may reach a place outside the name space.
func regNames(w *spec.World) {
	p, q := w.Process("creator"), w.Process("opener")
	base := strings.TrimPrefix(w.ObjectName("n"), "/")
	long := "/" + base + strings.Repeat("x", 255-len(base))
	for _, x := range []struct{ what, name string }{
		{"the longest name, 255 characters after the slash", long},
		{"a name one longer than the longest", long + "x"},
		{"a name of 5000 characters", "/" + base + strings.Repeat("y", 5000)},
		{"the empty name", ""},
		{"a lone slash", "/"},
		{"a name without a slash", base},
		{"two leading slashes", "//" + base},
		{"a slash inside", "/" + base + "/inner"},
		{"a trailing slash", "/" + base + "/"},
		{"dot", "/."},
		{"dot dot", "/.."},
		{"a way out of the name space", "/../" + base},
		{"a way out of the name space, without a slash", "../" + base},
		{"a long way out of the name space", "/../../tmp/" + base},
		{"letters of many scripts", "/" + base + "-é中🙂"},
		{"spaces and a line feed", "/" + base + " a\nb"},
		{"bytes that are not UTF-8", "/" + base + "\u00ff\ufffd"},
	} {
		w.Step("%s", x.what)
		tryName(w, p, q, x.what, x.name, base)
	}
	w.Step("two of the longest names that differ in the last character alone")
	a, err := p.CreateRegion(long, page)
	if err != nil {
		return
	}
	write(w, a, 0, []byte("one"))
	other := long[:len(long)-1] + "z"
	b, err := p.CreateRegion(other, page)
	if subject.KindOf(err) == subject.Exists {
		w.Fail("the second name is said to exist, which nobody created: were both cut to the same?")
	}
	if err == nil {
		holds(w, b, 0, make([]byte, 3), "the second of the two regions")
		write(w, b, 0, []byte("two"))
		w.Must(p.UnlinkRegion(other), "unlinking the second")
	}
	holds(w, a, 0, []byte("one"), "the first of the two regions")
	w.Must(p.UnlinkRegion(long), "unlinking the first")
}

// tryName creates, opens, uses and removes a region, if the name is accepted.
// base is the name of a file that a name which escapes would make.
func tryName(w *spec.World, p, q *spec.Process, what, name, base string) {
	a, err := p.CreateRegion(name, page)
	for _, place := range []string{"/dev", "/", "/tmp"} {
		if _, err := os.Lstat(filepath.Join(fmt.Sprintf("/proc/%d/root", p.PID()), place, base)); err == nil {
			w.Fail("%s, %q, left the name space: %s was made", what, name, filepath.Join(place, base))
		}
	}
	if err != nil {
		if _, err := q.OpenRegion(name); err == nil {
			w.Fail("%s, %q, was refused at creation, yet it can be opened", what, name)
		}
		return
	}
	b, err := q.OpenRegion(name)
	w.Must(err, "opening %s, %q, which was accepted at creation", what, name)
	write(w, a, 0, []byte(what))
	holds(w, b, 0, []byte(what), "the region of that name")
	w.Must(b.Detach(), "detaching the opener")
	w.Must(a.Detach(), "detaching the creator")
	w.Must(p.UnlinkRegion(name), "unlinking %s, %q", what, name)
}
