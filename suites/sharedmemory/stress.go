package sharedmemory

import (
	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/spec"
	"github.com/ipckit/ipckit/harness/stress"
	"github.com/ipckit/ipckit/suites/queue"
)

// Stress registers what is decided by histories recorded under load, for all
// objects in shared memory.
func Stress(s *spec.Suite) {
	load := func(id string, body func(*spec.World)) { s.It(id, body, spec.Kind(catalogue.Stress), spec.Once()) }
	load("REG-BOTHWAYS", stress.Region)
	load("WORD-NOTEAR", stress.Word(linear.Snapshot{}, agent.RoleStore, agent.RoleLoad))
	load("WORD-ADD", stress.Word(linear.Counter{}, agent.RoleAdd))
	load("WORD-CAS", stress.Word(linear.Register{}, agent.RoleCAS))
	load("WORD-PUBLISH", stress.Publish)
	load("WORD-REGISTER", stress.Word(linear.Register{}, agent.RoleStore, agent.RoleLoad))
	load("WORD-DEKKER", stress.Dekker)
	load("LOCK-EXCLUSION", stress.Exclusion)
	load("SEM-COUNT", stress.Semaphore(false))
	load("SEM-LINEAR", stress.Semaphore(true))
	load("RW-EXCLUSION", stress.RWExclusion)
	load("SNAP-WHOLE", stress.Snapshot(false))
	load("SNAP-FRESH", stress.Snapshot(true))
	load("BUF-FIFO", stress.FIFO)
	load("BUF-NOLOSS", stress.NoLoss)
	load("BUF-NODUP", stress.NoDup)
	load("BUF-PRODUCERORDER", stress.ProducerOrder)
	load("BUF-LINEAR", stress.Linear)
	load("BUF-PRODUCERDEATH", queue.ProducerDeaths)
	load("BUF-CONSUMERDEATH", queue.ConsumerDeaths)
}
