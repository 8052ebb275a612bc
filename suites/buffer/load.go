package buffer

import (
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/load"
	"github.com/ipckit/ipckit/suites/queue"
)

// Shows is what the loads show beside their own requirements.
var Shows = []load.Shows{
	{Requirement: "BUF-WAKE", Load: "BUF-NOLOSS", Races: true, Faults: true},
	{Requirement: "BUF-CONTENT", Load: "BUF-NOLOSS", Races: true},
	{Requirement: "BUF-DEADLINE", Load: "BUF-NOLOSS", Races: true},
}

// Loads registers what is decided by histories recorded under load, and deaths for
// as long as it is given.
func Loads(s *check.Suite) {
	under := func(id string, body func(*check.World)) { s.It(id, body, check.Kind(catalogue.Stress), check.Once()) }
	under("BUF-FIFO", queue.FIFOUnderLoad)
	under("BUF-NOLOSS", queue.NoLossUnderLoad)
	under("BUF-NODUP", queue.NoDupUnderLoad)
	under("BUF-PRODUCERORDER", queue.ProducerOrderUnderLoad)
	under("BUF-LINEAR", queue.LinearUnderLoad)
	under("BUF-PRODUCERDEATH", queue.ProducerDeaths)
	under("BUF-CONSUMERDEATH", queue.ConsumerDeaths)
}
