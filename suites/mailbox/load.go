package mailbox

import (
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/load"
	"github.com/ipckit/ipckit/suites/queue"
)

// Shows is what the loads show beside their own requirements.
var Shows = []load.Shows{
	{Requirement: "BOX-WAKE", Load: "BOX-NOLOSS", Faults: true},
}

// Loads registers what is decided by histories recorded under load, and deaths for
// as long as it is given.
func Loads(s *check.Suite) {
	under := func(id string, body func(*check.World)) { s.It(id, body, check.Kind(catalogue.Stress), check.Once()) }
	under("BOX-FIFO", queue.FIFOUnderLoad)
	under("BOX-NOLOSS", queue.NoLossUnderLoad)
	under("BOX-NODUP", queue.NoDupUnderLoad)
	under("BOX-PRODUCERORDER", queue.ProducerOrderUnderLoad)
	under("BOX-LINEAR", queue.LinearUnderLoad)
	under("BOX-SENDERDEATH", queue.ProducerDeaths)
	under("BOX-RECEIVERDEATH", receiverDeaths)
}
