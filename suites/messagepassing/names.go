package messagepassing

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ipckit/ipckit/harness/spec"
	"github.com/ipckit/ipckit/harness/subject"
)

// boxNames: an unusual name is refused, or is a mailbox like any other.
func boxNames(w *spec.World) {
	o := newOffice(w)
	p, q := w.Process("creator"), w.Process("opener")
	base := strings.TrimPrefix(w.ObjectName("n"), "/")
	long := "/" + base + strings.Repeat("x", 255-len(base))
	for _, x := range []struct{ what, name string }{
		{"a name of 107 characters, as many as a socket's path has", "/" + base + strings.Repeat("s", 106-len(base))},
		{"a name one longer than that", "/" + base + strings.Repeat("s", 107-len(base))},
		{"the longest name, 255 characters after the slash", long},
		{"a name one longer than the longest", long + "x"},
		{"a name of 5000 characters", "/" + base + strings.Repeat("y", 5000)},
		{"the empty name", ""},
		{"a lone slash", "/"},
		{"a name without a slash", base},
		{"two leading slashes", "//" + base},
		{"a slash inside", "/" + base + "/inner"},
		{"dot", "/."},
		{"dot dot", "/.."},
		{"a way out of the name space", "/../" + base},
		{"a way out of the name space, without a slash", "../" + base},
		{"a long way out of the name space", "/../../tmp/" + base},
		{"letters of many scripts", "/" + base + "-é中🙂"},
		{"spaces and a line feed", "/" + base + " a\nb"},
	} {
		w.Step("%s", x.what)
		o.name(p, q, x.what, x.name, base)
	}
	w.Step("two of the longest names that differ in the last character alone")
	a, err := p.CreateQueue(long, o.facts.Shape(4, o.size))
	if err != nil {
		return
	}
	o.send(a, 0, 1)
	other := long[:len(long)-1] + "z"
	b, err := p.CreateQueue(other, o.facts.Shape(4, o.size))
	if subject.KindOf(err) == subject.Exists {
		w.Fail("the second name is said to exist, which nobody created: were both cut to the same?")
	}
	if err == nil {
		o.none(b, "from the second of two mailboxes, where the first has a message")
		w.Must(p.UnlinkQueue(other), "unlinking the second")
	}
	o.receive(a, 0, 1, "from the first of two mailboxes")
	w.Must(p.UnlinkQueue(long), "unlinking the first")
}

// name creates, opens, uses and removes a mailbox, if the name is accepted. base
// is the name of a file that a name which escapes would make.
func (o *office) name(p, q *spec.Process, what, name, base string) {
	w := o.w
	a, err := p.CreateQueue(name, o.facts.Shape(4, o.size))
	for _, place := range []string{"/dev", "/", "/tmp"} {
		if _, err := os.Lstat(filepath.Join(fmt.Sprintf("/proc/%d/root", p.PID()), place, base)); err == nil {
			w.Fail("%s, %q, left the name space: %s was made", what, name, filepath.Join(place, base))
		}
	}
	if err != nil {
		if _, err := q.OpenQueue(name); err == nil {
			w.Fail("%s, %q, was refused at creation, yet it can be opened", what, name)
		}
		return
	}
	b, err := q.OpenQueue(name)
	w.Must(err, "opening %s, %q, which was accepted at creation", what, name)
	o.send(a, 0, 1)
	o.receive(b, 0, 1, "through the mailbox of that name")
	w.Must(b.Detach(), "detaching the opener")
	w.Must(a.Detach(), "detaching the creator")
	w.Must(p.UnlinkQueue(name), "unlinking %s, %q", what, name)
}
