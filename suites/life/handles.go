package life

import "github.com/ipckit/ipckit/harness/check"

// TwoHandles: two handles of one process behave like those of two processes, and
// one that is detached takes nothing along of what the other has.
func TwoHandles[H Handle](of Maker[H]) func(*check.World) {
	return func(w *check.World) {
		o := of(w)
		both, other := w.Process("process with two handles"), w.Process("other process")
		h := o.share(w, w.ObjectName("two"), both, both)
		w.Step("a process has two handles on one %s", o.Noun)
		o.exchange(h[0], h[1], "through another handle of the same process")
		find := o.Leave(h[0])
		w.Step("one of the handles is detached")
		w.Must(h[1].Detach(), "detaching one of two handles by %s", both.Name())
		outside, err := o.Open(other, w.ObjectName("two"))
		w.Must(err, "opening the %s by %s", o.Noun, other.Name())
		find(outside, "when another handle of the process that left it was detached")
		if !o.Once {
			o.exchange(h[0], outside, "when another handle of the process was detached")
		}
		o.giveBack(w, false, h[0], outside)
	}
}
