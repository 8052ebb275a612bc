// Package reference makes a subject of the reference libraries of both models,
// impl/sharedmemory and impl/messagepassing: it declares what they claim, and
// translates between their types and errors and the contract's.
package reference

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/messagepassing"
	"github.com/ipckit/ipckit/impl/sharedmemory"
)

// Subject is the reference implementation. If this process was started as a
// broker of package messagepassing, it becomes one and does not return.
func Subject() subject.Subject {
	messagepassing.ServeIfAsked()
	at := new(network)
	return subject.Subject{
		Claims: subject.Claims{
			Subject: "reference", Version: "0.1.0", Language: "Go",
			Profiles: subject.Profiles{
				Region: &subject.RegionProfile{Names: "posix", Maximum: 64 << 20},
				Word:   &subject.WordProfile{},
				Lock:   &subject.LockProfile{Waiting: "sleep"},
				Semaphore: &subject.SemaphoreProfile{
					Maximum: &subject.Range{Min: 1, Max: sharedmemory.SemaphoreMax}, Waiting: "sleep",
				},
				RWLock:   &subject.RWLockProfile{Waiting: "sleep"},
				Snapshot: &subject.SnapshotProfile{Record: subject.Item{Max: 1 << 20}},
				OneToOne: &subject.BufferProfile{
					Capacity: upToAMillion(1), Slots: "N", Item: subject.Item{Max: 1 << 20},
					Waiting: "sleep", Empty: "strict", Close: true,
				},
				Many: &subject.BufferProfile{
					Capacity: upToAMillion(1), Slots: "N", Item: subject.Item{Max: 1 << 20},
					Waiting: "sleep", Empty: "strict", Close: true,
				},
				Mailbox: &subject.MailboxProfile{
					Capacity: upToAMillion(subject.Rendezvous), Unbounded: true, Item: subject.Item{Max: 16 << 20},
					Delivery: "at-most-once", Order: "priority", Waiting: "sleep", Close: true, Cancel: true,
				},
				Link: &subject.LinkProfile{
					Item: subject.Item{Max: 16 << 20}, Framing: subject.FramingMessages, Buffering: 64 << 10,
					Waiting: "sleep", Cancel: true,
				},
				Network:     &subject.NetworkProfile{},
				Cooperation: &subject.CooperationProfile{},
			},
			Performance: promises(),
			Extended: []string{
				"BOX-DEADLINE", "BOX-SLEEP", "BOX-MANY", "BOX-GONEBLOCKED", "BOX-OWNER", "BOX-HANDOVER", "BOX-PRIORITY",
				"BOX-IDENTITY", "BOX-PRIVATE", "BOX-STALE", "BOX-SENDERDEATH", "BOX-RECEIVERDEATH", "BOX-EARLYOPEN",
				"SYNC-RENDEZVOUS", "SYNC-CANCEL", "CAP-ZERO", "CAP-UNBOUNDED",
				"LINK-ANY", "LINK-DUPLEX",
				"NET-MAILBOX", "NET-LINK", "NET-CUT", "NET-HEAL",
				"REG-NOSYSCALL", "REG-EARLYOPEN", "REG-STAMPEDE", "REG-BOUNDS", "REG-READONLY", "REG-PRIVATE", "REG-STALE", "REG-SHORTAGE",
				"WORD-REGISTER", "WORD-DEKKER",
				"LOCK-FAIR", "LOCK-DEADLINE", "LOCK-SLEEP", "LOCK-OWNER", "LOCK-OWNERDEATH", "LOCK-EARLYOPEN",
				"SEM-DEADLINE", "SEM-SLEEP", "SEM-OVERFLOW", "SEM-EARLYOPEN",
				"RW-DEADLINE", "RW-SLEEP", "RW-FAIR", "RW-OWNERDEATH", "RW-EARLYOPEN",
				"SNAP-READERS", "SNAP-WRITERDEATH", "SNAP-EARLYOPEN",
				"BUF-NOSYSCALL", "BUF-DEADLINE", "BUF-SLEEP", "BUF-INDEXWRAP", "BUF-STALE", "BUF-PRODUCERDEATH", "BUF-CONSUMERDEATH", "BUF-EARLYOPEN",
				"BUF-SHORTAGE",
			},
		},
		Regions:    regions{},
		Locks:      locks{},
		Semaphores: semaphores{},
		RWLocks:    rwlocks{},
		Snapshots:  snapshots{},
		OneToOne:   buffers{},
		Many:       manyBuffers{},
		Mailboxes:  mailboxes{network: at},
		Parties:    endpoints{at},
		Network:    at,
	}
}

// Mutex is the reference with the lock that is faster and not fair.
func Mutex() subject.Subject {
	return subject.Subject{
		Claims: subject.Claims{
			Subject: "reference-mutex", Version: "0.1.0", Language: "Go",
			Profiles: subject.Profiles{Lock: &subject.LockProfile{Waiting: "sleep"}},
			Extended: []string{"LOCK-DEADLINE", "LOCK-SLEEP", "LOCK-OWNER", "LOCK-OWNERDEATH", "LOCK-EARLYOPEN"},
		},
		Locks: mutexes{},
	}
}

// upToAMillion is a capacity in items that can be chosen from least on.
func upToAMillion(least subject.Size) subject.Capacity {
	return subject.Capacity{Items: &subject.Range{Min: least, Max: 1 << 20}}
}
