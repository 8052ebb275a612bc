package mailbox

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/queue"
)

// receiverDeath asks of a receiver's death what the claims promise.
func receiverDeath(w *check.World) {
	if w.Claims().Profiles.Mailbox.Delivery == "at-least-once" {
		redelivered(w)
		return
	}
	queue.ConsumerDeath(w)
}

// receiverDeaths is the same for as long as it is given, where nothing may
// come twice.
func receiverDeaths(w *check.World) {
	if w.Claims().Profiles.Mailbox.Delivery == "at-least-once" {
		redelivered(w)
		return
	}
	queue.ConsumerDeaths(w)
}

// redelivered: what a receiver that was killed had in hand comes again. Where it
// is lost, the survivor waits for ever.
func redelivered(w *check.World) {
	const deaths = 25
	o := newBox(w)
	q := o.share("again", 4, "sender", "survivor")
	sender, survivor := q[0], q[1]
	for i := range deaths {
		victim, err := w.Process(fmt.Sprintf("victim %d", i+1)).OpenQueue(sender.Name)
		w.Must(err, "opening the mailbox")
		o.send(sender, i, i+1)
		o.receive(victim, i, i+1, "by the process that is about to be killed")
		victim.Process().Kill()
		got, err := survivor.Get(subject.Forever)
		w.Must(err, "receiving after a receiver was killed with a message in hand")
		o.same(i, got, "as what a receiver had in hand when it was killed")
		o.none(survivor, "when the message has come again, and was dealt with")
	}
	w.Note("%d receivers were killed with a message in hand, and none of these was lost", deaths)
}
