package life

import "github.com/ipckit/ipckit/harness/check"

// CreatorGone: an object goes on when its creator has detached, exited or was killed.
// Whether the name stays is not judged.
func CreatorGone[H Handle](of Maker[H]) func(*check.World) {
	return func(w *check.World) {
		o := of(w)
		user, other := w.Process("user"), w.Process("other user")
		creator, doomed := w.Process("creator"), w.Process("doomed creator")
		for _, end := range []struct {
			word, done string
			of         *check.Process
			leave      func(made H)
		}{
			{"detached", "has detached", creator, func(made H) { w.Must(made.Detach(), "detaching from the %s by its creator", o.Noun) }},
			{"exited", "has exited", creator, func(H) { creator.Exit() }},
			{"killed", "was killed", doomed, func(H) { doomed.Kill() }},
		} {
			h := o.share(w, w.ObjectName(end.word), end.of, user, other)
			if !o.Sided {
				o.Leave(h[0])(h[1], "left by its creator")
			}
			find := o.Leave(h[2])
			w.Step("the %s is in use, and its creator leaves", o.Noun)
			end.leave(h[0])
			find(h[1], "when the creator of the "+o.Noun+" "+end.done)
			w.Step("the processes that are attached go on")
			for range 3 {
				o.exchange(h[2], h[1], "when the creator of the "+o.Noun+" "+end.done)
			}
			o.giveBack(w, true, h[1:]...)
		}
	}
}
