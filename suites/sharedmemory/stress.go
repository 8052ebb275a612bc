package sharedmemory

import (
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/load"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/suites/queue"
)

// Stress registers what is decided by histories recorded under load, for all
// objects in shared memory.
func Stress(s *check.Suite) {
	under := func(id string, body func(*check.World)) { s.It(id, body, check.Kind(catalogue.Stress), check.Once()) }
	under("REG-BOTHWAYS", load.Region)
	under("WORD-NOTEAR", load.Word(linear.Snapshot{}, protocol.RoleStore, protocol.RoleLoad))
	under("WORD-ADD", load.Word(linear.Counter{}, protocol.RoleAdd))
	under("WORD-CAS", load.Word(linear.Register{}, protocol.RoleCAS))
	under("WORD-PUBLISH", load.Publish)
	under("WORD-REGISTER", load.Word(linear.Register{}, protocol.RoleStore, protocol.RoleLoad))
	under("WORD-DEKKER", load.Dekker)
	under("LOCK-EXCLUSION", load.Exclusion)
	under("SEM-COUNT", load.Semaphore(false))
	under("SEM-LINEAR", load.Semaphore(true))
	under("RW-EXCLUSION", load.RWExclusion)
	under("SNAP-WHOLE", load.Snapshot(false))
	under("SNAP-FRESH", load.Snapshot(true))
	under("BUF-FIFO", load.FIFO)
	under("BUF-NOLOSS", load.NoLoss)
	under("BUF-NODUP", load.NoDup)
	under("BUF-PRODUCERORDER", load.ProducerOrder)
	under("BUF-LINEAR", load.Linear)
	under("BUF-PRODUCERDEATH", queue.ProducerDeaths)
	under("BUF-CONSUMERDEATH", queue.ConsumerDeaths)
}
