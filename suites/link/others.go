package link

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/check"
)

// firstGone: the links between other parties go on when the party that came first,
// and was linked with both, has left, exited or was killed.
func firstGone(w *check.World) {
	for i, end := range []struct {
		how   string
		leave func(p *check.Party)
	}{
		{"has left", func(p *check.Party) { w.Must(p.Leave(), "leaving by %s", p.Process().Name()) }},
		{"has exited", func(p *check.Party) { p.Process().Exit() }},
		{"was killed", func(p *check.Party) { p.Process().Kill() }},
	} {
		l := newLinked(w, fmt.Sprintf("first%d", i), fmt.Sprintf("second%d", i), fmt.Sprintf("third%d", i), fmt.Sprintf("fourth%d", i))
		for other := 1; other < 3; other++ {
			from, to := l.link(other)
			l.due(to, l.offer(from, 16), "a greeting of the first party")
		}
		a, b := l.end(1, 2), l.end(2, 1)
		l.due(b, l.offer(a, 16), "a greeting")
		between := l.offer(a, 16)
		w.Step("the party that joined first goes")
		end.leave(l.parties[0])
		when := ", over the link of two others, when the party that had joined first " + end.how
		l.due(b, between, "a message"+when)
		for range 3 {
			l.due(a, l.offer(b, 16), "an answer"+when)
			l.due(b, l.offer(a, 16), "the next message"+when)
		}
		w.Step("another party is linked with one of these")
		late, back := l.end(3, 1), l.end(1, 3)
		l.due(back, l.offer(late, 16), "a message over a link that was made when the party that had joined first "+end.how)
	}
}

// twoNames: two parties that one process has joined as are two, and one that leaves
// takes nothing along of the other's.
func twoNames(w *check.World) {
	l := newLinked(w, "both", "other")
	second, err := l.parties[0].Process().Join(w.ObjectName("both2"))
	w.Must(err, "joining by %s under a second name", l.parties[0].Process().Name())
	l.parties = append(l.parties, second)
	firsts, from1 := l.end(0, 1), l.end(1, 0)
	seconds, from2 := l.end(2, 1), l.end(1, 2)
	const what = "a message for one of two names of a process"
	for range 3 {
		l.due(seconds, l.offer(from2, 16), what)
		l.due(firsts, l.offer(from1, 16), what)
		if l.holds() {
			l.none(seconds, "when the message for the other name was received")
		}
		l.due(from1, l.offer(firsts, 16), "an answer of one of two names")
		l.due(from2, l.offer(seconds, 16), "an answer of the other name")
	}
	w.Step("the process leaves under one of its names")
	w.Must(firsts.Detach(), "detaching the link of one of two names")
	w.Must(l.parties[0].Leave(), "leaving under one of two names")
	for range 2 {
		l.due(seconds, l.offer(from2, 16), "a message for the name that is left")
		l.due(from2, l.offer(seconds, 16), "an answer of the name that is left")
	}
}
