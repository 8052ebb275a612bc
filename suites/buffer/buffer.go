// Package buffer holds what checks bounded buffers (family BUF): specs, loads and
// explored scenarios. What mailboxes share with them stands in package queue.
package buffer

import (
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/suites/life"
	"github.com/ipckit/ipckit/suites/queue"
)

// Specs registers the BUF family.
func Specs(s *check.Suite) {
	s.It("BUF-FIFO", queue.FIFO)
	s.It("BUF-CONTENT", queue.Content)
	s.It("BUF-BOUNDARY", queue.Boundary)
	s.It("BUF-CAPACITY", queue.Capacity)
	s.It("BUF-FULL", queue.Full)
	s.It("BUF-EMPTY", queue.Empty)
	s.It("BUF-TRYFULL", queue.TryFull)
	s.It("BUF-TRYEMPTY", queue.TryEmpty)
	s.It("BUF-WAKE", queue.Wake)
	s.It("BUF-WRAP", queue.Wrap)
	s.It("BUF-ONE", queue.One)
	s.It("BUF-HUGE", queue.Huge)
	s.It("BUF-OVERSIZE", queue.Oversize)
	s.It("BUF-NOLOSS", queue.NoLoss)
	s.It("BUF-NODUP", queue.NoDup)
	s.It("BUF-PRODUCERORDER", queue.ProducerOrder)
	s.It("BUF-LINEAR", queue.Linear)
	s.It("BUF-CONSUMERFIRST", queue.ConsumerFirst)
	s.It("BUF-EINTR", queue.EINTR)
	s.It("BUF-NOLEAK", queue.NoLeak, check.Leftovers())
	s.It("BUF-DRAIN", queue.Drain)
	s.It("BUF-CLOSEBLOCKED", queue.CloseBlocked)
	s.It("BUF-ABANDONED", queue.Abandoned)
	s.It("BUF-GROWTH", queue.Growth)
	s.It("BUF-DEADLINE", queue.Deadline, check.Waits())
	s.It("BUF-SLEEP", queue.Sleep)
	s.It("BUF-INDEXWRAP", queue.IndexWrap)
	s.It("BUF-STALE", queue.Stale)
	s.It("BUF-PRODUCERDEATH", queue.ProducerDeath)
	s.It("BUF-CONSUMERDEATH", queue.ConsumerDeath)
	s.It("BUF-SHORTAGE", queue.Shortage, check.Kind(catalogue.Fault))
	s.It("BUF-NOSYSCALL", queue.NoSyscall)
	s.It("BUF-CREATORGONE", life.CreatorGone(queue.Named))
	s.It("BUF-TWOHANDLES", life.TwoHandles(queue.Named))
	s.It("BUF-EXISTS", life.Exists(queue.Named))
	s.It("BUF-EARLYOPEN", life.EarlyOpen(queue.Named))
}
