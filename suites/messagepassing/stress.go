package messagepassing

import (
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/spec"
	"github.com/ipckit/ipckit/harness/stress"
	"github.com/ipckit/ipckit/suites/queue"
)

// Stress registers what is decided by histories recorded under load, for
// mailboxes and links.
func Stress(s *spec.Suite) {
	load := func(id string, body func(*spec.World)) { s.It(id, body, spec.Kind(catalogue.Stress), spec.Once()) }
	load("BOX-FIFO", stress.FIFO)
	load("BOX-NOLOSS", stress.NoLoss)
	load("BOX-NODUP", stress.NoDup)
	load("BOX-PRODUCERORDER", stress.ProducerOrder)
	load("BOX-LINEAR", stress.Linear)
	load("BOX-SENDERDEATH", queue.ProducerDeaths)
	load("BOX-RECEIVERDEATH", boxReceiverDeaths)
	load("LINK-ORDER", stress.LinkOrder)
	load("LINK-CONTENT", stress.LinkDelivery)
}
