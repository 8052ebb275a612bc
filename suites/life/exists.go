package life

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

var (
	exists   = []subject.Kind{subject.Exists}
	notFound = []subject.Kind{subject.NotFound}
)

// Exists: creating a name that exists, and opening one that does not, is refused and
// changes nothing, as a process shows that comes afterwards.
func Exists[H Handle](of Maker[H]) func(*check.World) {
	return func(w *check.World) {
		o := of(w)
		creator, other, late := w.Process("creator"), w.Process("other process"), w.Process("latecomer")
		name, missing := w.ObjectName("taken"), w.ObjectName("missing")
		h := o.share(w, name, creator)
		for _, p := range []*check.Process{other, creator} {
			find := o.Leave(h[0])
			w.Step("%s creates a %s under the same name", p.Name(), o.Noun)
			_, err := o.Create(p, name)
			w.Refused(err, exists, "creating a %s under a name that exists", o.Noun)
			w.Step("a process opens the %s that was there all the time", o.Noun)
			fresh, err := o.Open(late, name)
			w.Must(err, "opening the %s after creating another under its name was refused", o.Noun)
			find(fresh, "when creating another "+o.Noun+" under its name was refused")
			w.Must(fresh.Detach(), "detaching from the %s by %s", o.Noun, late.Name())
		}
		o.giveBack(w, false, h[0])

		w.Step("a name is opened that no process has created")
		for _, p := range []*check.Process{other, late, other} {
			_, err := o.Open(p, missing)
			w.Refused(err, notFound, "opening a name that no process has created")
		}
		w.Step("it can still be created")
		h = o.share(w, missing, creator, late)
		o.exchange(h[0], h[1], "where opening the name was refused before")
		o.giveBack(w, false, h...)
	}
}
