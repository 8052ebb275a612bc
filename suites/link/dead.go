package link

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// gone is how a link says that the other side is no more. The system calls a
// death and a close by one name, end-of-file, so both are taken.
var gone = []subject.Kind{subject.PeerDead, subject.Closed}

func Dead(w *check.World) {
	ends := []struct {
		how string
		end func(*check.Process)
	}{{"is killed", (*check.Process).Kill}, {"exits", (*check.Process).Exit}}
	for i, e := range ends {
		meet := func(what string) (l *linked, a, b *check.Link) {
			l = newLinked(w, fmt.Sprintf("survivor%d%s", i, what), fmt.Sprintf("dead%d%s", i, what))
			a, b = l.link(1)
			w.Step("the two have talked")
			l.due(b, l.offer(a, 16), "a greeting")
			l.due(a, l.offer(b, 16), "its answer")
			return l, a, b
		}

		l, a, b := meet("words")
		w.Step("the peer sends three messages and %s", e.how)
		sent := l.offers(b, 16, 3)
		if last := sent[len(sent)-1]; last.call != nil { // it is sent once it is received
			l.due(a, last, "a message whose send waits for its receipt")
			sent = nil
		}
		e.end(b.Process())
		for n, m := range sent {
			l.due(a, m, fmt.Sprintf("message %d, sent before the death,", n+1))
		}
		for range 2 {
			_, err := a.Get(subject.Forever)
			w.Refused(err, gone, "receiving from the dead peer, after all that it had sent,")
		}
		_, err := a.Get(subject.Never)
		w.Refused(err, gone, "receiving from the dead peer without waiting")
		w.Step("the survivor sends to the dead")
		for range 2 {
			w.Refused(a.Put(l.message(16), subject.Forever), gone, "sending to the dead peer")
		}

		_, a, b = meet("receive")
		w.Step("the survivor waits for a message, and the peer %s", e.how)
		call := a.BeginGet(subject.Forever)
		call.Blocks("receiving from a peer that has sent nothing")
		e.end(b.Process())
		_, err = call.Item()
		w.Refused(err, gone, "the receive that waited")

		l, a, b = meet("send")
		w.Step("the survivor waits for room, and the peer %s", e.how)
		if sent, full := l.fill(a); !full {
			w.RuledOut("%d messages were accepted while no process receives: no full link was seen", len(sent))
			e.end(b.Process())
			continue
		}
		call = a.BeginPut(l.message(4096), subject.Forever)
		call.Blocks("sending over a link that is full")
		e.end(b.Process())
		_, err = call.Return()
		w.Refused(err, gone, "the send that waited")
	}
}
