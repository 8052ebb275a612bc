package messagepassing

import (
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/load"
	"github.com/ipckit/ipckit/suites/queue"
)

// Stress registers what is decided by histories recorded under load, for
// mailboxes and links.
func Stress(s *check.Suite) {
	under := func(id string, body func(*check.World)) { s.It(id, body, check.Kind(catalogue.Stress), check.Once()) }
	under("BOX-FIFO", load.FIFO)
	under("BOX-NOLOSS", load.NoLoss)
	under("BOX-NODUP", load.NoDup)
	under("BOX-PRODUCERORDER", load.ProducerOrder)
	under("BOX-LINEAR", load.Linear)
	under("BOX-SENDERDEATH", queue.ProducerDeaths)
	under("BOX-RECEIVERDEATH", boxReceiverDeaths)
	under("LINK-ORDER", load.LinkOrder)
	under("LINK-CONTENT", load.LinkDelivery)
}
