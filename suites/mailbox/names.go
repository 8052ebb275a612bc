package mailbox

import (
	"strings"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/names"
)

// oddNames: an unusual name is refused, or is a mailbox like any other.
func oddNames(w *check.World) {
	o := newBox(w)
	p, q := w.Process("creator"), w.Process("opener")
	base := names.Base(w)
	plain, err := p.CreateQueue("/"+base+"-plain", o.facts.Shape(4, o.size))
	w.Must(err, "creating a mailbox of an ordinary name")
	outside := names.Outside(p, plain.Name)
	w.Must(p.UnlinkQueue(plain.Name), "unlinking it")
	for _, n := range append([]names.Name{
		{What: "a name of 107 characters, as many as a socket's path has", Name: "/" + base + strings.Repeat("s", 106-len(base))},
		{What: "a name one longer than that", Name: "/" + base + strings.Repeat("s", 107-len(base))},
	}, names.Odd(base)...) {
		w.Step("%s", n.What)
		o.name(p, q, n, base, outside)
	}
	names.Lure(w, q, func(name string) error { _, err := q.OpenQueue(name); return err }, q.UnlinkQueue)
	long := names.Longest(base)
	w.Step("two of the longest names that differ in the last character alone")
	a, err := p.CreateQueue(long, o.facts.Shape(4, o.size))
	if err != nil {
		return
	}
	o.send(a, 0, 1)
	other := long[:len(long)-1] + "z"
	b, err := p.CreateQueue(other, o.facts.Shape(4, o.size))
	if subject.KindOf(err) == subject.Exists {
		w.Fail("creating the second name returned exists, although no process created it: were both cut to the same?")
	}
	if err == nil {
		o.none(b, "from the second of two mailboxes, where the first has a message")
		w.Must(p.UnlinkQueue(other), "unlinking the second")
	}
	o.receive(a, 0, 1, "from the first of two mailboxes")
	w.Must(p.UnlinkQueue(long), "unlinking the first")
}

// name creates, opens, uses and removes a mailbox, if the name is accepted. base
// is the name of a file that a name which escapes would make outside.
func (o *box) name(p, q *check.Process, n names.Name, base string, outside []string) {
	w := o.w
	a, err := p.CreateQueue(n.Name, o.facts.Shape(4, o.size))
	names.Stays(w, p, n, base, outside)
	if err != nil {
		if _, err := q.OpenQueue(n.Name); err == nil {
			w.Fail("%s, %q, was refused at creation, yet it can be opened", n.What, n.Name)
		}
		return
	}
	b, err := q.OpenQueue(n.Name)
	w.Must(err, "opening %s, %q, which was accepted at creation", n.What, n.Name)
	o.send(a, 0, 1)
	o.receive(b, 0, 1, "through the mailbox of that name")
	w.Must(b.Detach(), "detaching the opener")
	w.Must(a.Detach(), "detaching the creator")
	w.Must(p.UnlinkQueue(n.Name), "unlinking %s, %q", n.What, n.Name)
}
