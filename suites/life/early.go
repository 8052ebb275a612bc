package life

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/check"
)

// EarlyOpen halts a creation at each of its system calls while another process
// opens, and an open while another creates: the opener finds none, or one that
// works; either way the creator's works, and can be opened afterwards.
func EarlyOpen[H Handle](of Maker[H]) func(*check.World) {
	return func(w *check.World) {
		o := of(w)
		late := w.Process("latecomer")
		e := early[H]{Object: o, w: w, late: late}
		creator, opener := w.SteppedProcess("creator"), w.Process("opener")
		creations := creator.AtEachPlace(func(n int, operation func(do func(), meanwhile func(string))) {
			e.begin(fmt.Sprintf("made%d", n))
			operation(func() { e.create(creator.Process) }, func(where string) {
				w.Step("%s stands %s; %s opens", creator.Name(), where, opener.Name())
				e.open(opener)
			})
			e.end()
		})
		slow, quick := w.SteppedProcess("slow opener"), w.Process("quick creator")
		opens := slow.AtEachPlace(func(n int, operation func(do func(), meanwhile func(string))) {
			e.begin(fmt.Sprintf("opened%d", n))
			operation(func() { e.open(slow.Process) }, func(where string) {
				w.Step("%s stands %s; %s creates", slow.Name(), where, quick.Name())
				e.create(quick)
			})
			if !e.created { // the open came back at once
				e.create(quick)
			}
			e.end()
		})
		how := "halted"
		if !creator.Halts() || !slow.Halts() {
			how = "met, by chance,"
		}
		w.Note("creating was %s at %d places while another process opened, and opening at %d while another created; %d opens were refused", how, creations, opens, e.refused)
	}
}

// early is a creation and an open at the same time.
type early[H Handle] struct {
	Object[H]
	w       *check.World
	late    *check.Process
	refused int

	name    string
	created bool
	made    H
	opened  bool
	found   H
	find    func(by H, when string)
}

func (e *early[H]) begin(base string) {
	e.name, e.created, e.opened = e.w.ObjectName(base), false, false
}

func (e *early[H]) create(p *check.Process) {
	made, err := e.Create(p, e.name)
	e.w.Must(err, "creating a %s while another process tries to open it", e.Noun)
	e.made, e.created = made, true
}

// open opens, and uses at once what it gets.
func (e *early[H]) open(p *check.Process) {
	found, err := e.Open(p, e.name)
	if err != nil {
		e.w.Refused(err, notFound, "opening a %s that is being created", e.Noun)
		e.refused++
		return
	}
	e.found, e.opened = found, true
	e.find = e.Leave(found)
}

// end expects that the object works for all that have it, and for one more.
func (e *early[H]) end() {
	if e.opened {
		e.find(e.made, "left by a process that had opened the "+e.Noun+" while it was being created")
		e.w.Must(e.found.Detach(), "detaching from the %s by %s", e.Noun, e.found.Process().Name())
	}
	fresh, err := e.Open(e.late, e.name)
	e.w.Must(err, "opening the %s afterwards, which another process had opened, or tried to, while it was being created,", e.Noun)
	e.Leave(fresh)(e.made, "left by a process that has opened the "+e.Noun+" afterwards")
	e.giveBack(e.w, false, e.made, fresh)
}
