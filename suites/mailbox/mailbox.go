// Package mailbox holds what checks mailboxes (families BOX, SYNC and CAP, the last two
// also of links): specs and loads. What buffers share with them stands in package
// queue.
package mailbox

import (
	"bytes"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/life"
	"github.com/ipckit/ipckit/suites/queue"
)

// Specs registers the families BOX, SYNC and CAP; of the last two some requirements
// are of links, too.
func Specs(s *check.Suite) {
	s.It("BOX-FIFO", queue.FIFO)
	s.It("BOX-CONTENT", queue.Content)
	s.It("BOX-BOUNDARY", queue.Boundary)
	s.It("BOX-CAPACITY", queue.Capacity)
	s.It("BOX-FULL", queue.Full)
	s.It("BOX-EMPTY", queue.Empty)
	s.It("BOX-TRYFULL", queue.TryFull)
	s.It("BOX-TRYEMPTY", queue.TryEmpty)
	s.It("BOX-WAKE", queue.Wake)
	s.It("BOX-OVERSIZE", queue.Oversize)
	s.It("BOX-NOLOSS", queue.NoLoss)
	s.It("BOX-NODUP", queue.NoDup)
	s.It("BOX-PRODUCERORDER", queue.ProducerOrder)
	s.It("BOX-LONGLIFE", queue.LongLife)
	s.It("BOX-RECEIVERFIRST", queue.ConsumerFirst)
	s.It("BOX-EINTR", queue.EINTR)
	s.It("BOX-NOLEAK", queue.NoLeak, check.Leftovers())
	s.It("BOX-COPY", copied)
	s.It("BOX-GONE", queue.Gone)
	s.It("BOX-ABANDONED", queue.Abandoned)
	s.It("BOX-GROWTH", queue.Growth)
	s.It("BOX-DRAIN", queue.Drain)
	s.It("BOX-CLOSEBLOCKED", queue.CloseBlocked)
	s.It("BOX-LINEAR", queue.Linear)
	s.It("BOX-ONERECEIVER", oneReceiver)
	s.It("BOX-NAMES", oddNames)
	s.It("BOX-SIGPIPE", sigpipe)
	s.It("BOX-DEADLINE", queue.Deadline, check.Waits())
	s.It("BOX-SLEEP", queue.Sleep)
	s.It("BOX-STALE", queue.Stale)
	s.It("BOX-SENDERDEATH", queue.ProducerDeath)
	s.It("BOX-RECEIVERDEATH", receiverDeath)
	s.It("BOX-MANY", many)
	s.It("BOX-GONEBLOCKED", goneBlocked)
	s.It("BOX-PRIVATE", private)
	s.It("BOX-OWNER", owned)
	s.It("BOX-HANDOVER", handOver)
	s.It("BOX-PRIORITY", prioritised)
	s.It("BOX-IDENTITY", identity)
	s.It("BOX-CREATORGONE", life.CreatorGone(queue.Named))
	s.It("BOX-TWOHANDLES", life.TwoHandles(queue.Named))
	s.It("BOX-EXISTS", life.Exists(queue.Named))
	s.It("BOX-EARLYOPEN", life.EarlyOpen(queue.Named))

	s.It("SYNC-RECEIVE", queue.Empty)
	s.It("SYNC-SEND", queue.Send)
	s.It("SYNC-RECEIVENOW", queue.ReceiveNow)
	s.It("SYNC-SENDNOW", queue.SendNow)
	s.It("SYNC-RENDEZVOUS", rendezvous)
	s.It("SYNC-CANCEL", queue.Cancel)

	s.It("CAP-BOUNDED", queue.Bounded)
	s.It("CAP-ZERO", zero)
	s.It("CAP-UNBOUNDED", unbounded)
}

// copied looks at what the receiver gets after the sender has overwritten the
// buffer that it sent from.
func copied(w *check.World) {
	f := w.Queues()
	sender := w.Process("sender")
	if !sender.Agent().Hello().Overwrites {
		w.Unobserved("the adapter does not say that it overwrites its buffer after each send, so nothing can be seen")
	}
	box, err := sender.CreateQueue(w.ObjectName("box"), f.Shape(4, 4096))
	w.Must(err, "creating the mailbox")
	receiver, err := w.Process("receiver").OpenQueue(box.Name)
	w.Must(err, "opening the mailbox")
	for i, size := range []int64{8, 64, 1024, 4096} {
		message := check.Item(w.Rand.Uint64(), i, f.Size(size))
		w.Step("%d bytes are sent, then overwritten where they were, then received", len(message))
		w.Must(box.Put(message, subject.Forever), "sending")
		got, err := receiver.Get(subject.Forever)
		w.Must(err, "receiving")
		if !bytes.Equal(got, message) {
			w.Fail("%s was sent and %s received: what the sender did to its buffer after the send changed the message", check.Show(message), check.Show(got))
		}
	}
}
