package region

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/names"
)

// oddNames: an unusual name is refused, or is a region like any other.
func oddNames(w *check.World) {
	p, q := w.Process("creator"), w.Process("opener")
	base := names.Base(w)
	plain, err := p.CreateRegion("/"+base+"-plain", page)
	w.Must(err, "creating a region of an ordinary name")
	outside := names.Outside(p, plain.Name)
	w.Must(p.UnlinkRegion(plain.Name), "unlinking it")
	for _, n := range append(names.Odd(base),
		names.Name{What: "a trailing slash", Name: "/" + base + "/"},
		names.Name{What: "a letter outside ASCII, and the replacement character", Name: "/" + base + "\u00ff\ufffd"},
	) {
		w.Step("%s", n.What)
		tryName(w, p, q, n, base, outside)
	}
	names.Lure(w, q, func(name string) error { _, err := q.OpenRegion(name); return err }, q.UnlinkRegion)
	long := names.Longest(base)
	w.Step("two of the longest names that differ in the last character alone")
	a, err := p.CreateRegion(long, page)
	if err != nil {
		return
	}
	write(w, a, 0, []byte("one"))
	other := long[:len(long)-1] + "z"
	b, err := p.CreateRegion(other, page)
	if subject.KindOf(err) == subject.Exists {
		w.Fail("creating the second name returned exists, although no process created it: were both cut to the same?")
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
// base is the name of a file that a name which escapes would make outside.
func tryName(w *check.World, p, q *check.Process, n names.Name, base string, outside []string) {
	a, err := p.CreateRegion(n.Name, page)
	names.Stays(w, p, n, base, outside)
	if err != nil {
		if _, err := q.OpenRegion(n.Name); err == nil {
			w.Fail("%s, %q, was refused at creation, yet it can be opened", n.What, n.Name)
		}
		return
	}
	b, err := q.OpenRegion(n.Name)
	w.Must(err, "opening %s, %q, which was accepted at creation", n.What, n.Name)
	write(w, a, 0, []byte(n.What))
	holds(w, b, 0, []byte(n.What), "the region of that name")
	w.Must(b.Detach(), "detaching the opener")
	w.Must(a.Detach(), "detaching the creator")
	w.Must(p.UnlinkRegion(n.Name), "unlinking %s, %q", n.What, n.Name)
}
