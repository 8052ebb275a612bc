package faults

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/broker"
	"github.com/ipckit/ipckit/impl/faults/link"
	"github.com/ipckit/ipckit/impl/faults/locktable"
	"github.com/ipckit/ipckit/impl/faults/network"
	"github.com/ipckit/ipckit/impl/faults/region"
	"github.com/ipckit/ipckit/impl/faults/ring"
	"github.com/ipckit/ipckit/impl/faults/semaphore"
	"github.com/ipckit/ipckit/impl/faults/snapshot"
)

// models are the small and plain implementations of both models, each with a
// fault or none.
type models struct {
	region       region.Fault // of the regions
	under        region.Fault // of the regions that all the rest stands in
	lock, rwlock locktable.Fault
	semaphore    semaphore.Fault
	snapshot     snapshot.Fault
	ring         ring.Fault // of the buffers between two and the mailboxes
	link         link.Fault
}

func inRegion(f region.Fault) Base       { return model(models{region: f}).at("region") }
func inUnder(f region.Fault) Base        { return model(models{under: f}).at("region") }
func inLock(f locktable.Fault) Base      { return model(models{lock: f}).at("locktable") }
func inRWLock(f locktable.Fault) Base    { return model(models{rwlock: f}).at("locktable") }
func inSemaphore(f semaphore.Fault) Base { return model(models{semaphore: f}).at("semaphore") }
func inSnapshot(f snapshot.Fault) Base   { return model(models{snapshot: f}).at("snapshot") }
func inRing(f ring.Fault) Base           { return model(models{ring: f}).at("ring") }
func inLink(f link.Fault) Base           { return model(models{link: f}).at("link") }

func inMany(f ring.Fault) Base {
	return Base{make: func() subject.Subject { return many(f) }}.at("ring")
}

// inManyOf is inMany for items of one size, in bytes.
func inManyOf(size subject.Size, f ring.Fault) Base {
	return Base{make: func() subject.Subject {
		s := many(f)
		s.Claims.Profiles.Many.Item = subject.Item{Fixed: size}
		return s
	}}.at("ring")
}

// inManyCancelled is inMany with waits that can be cancelled.
func inManyCancelled(f ring.Fault) Base {
	return Base{make: func() subject.Subject {
		s := many(f)
		s.Claims.Profiles.Many.Cancel = true
		return s
	}}.at("ring")
}

// inManyLimited is inMany with time limits.
func inManyLimited(f ring.Fault) Base {
	return Base{make: func() subject.Subject {
		s := many(f)
		s.Claims.Extended = []string{"BUF-DEADLINE"}
		return s
	}}.at("ring")
}

// inManyOfOne is inMany of one slot.
func inManyOfOne(f ring.Fault) Base {
	return Base{make: func() subject.Subject {
		s := many(f)
		s.Claims.Profiles.Many.Capacity.Items = &subject.Range{Min: 1, Max: 1}
		return s
	}}.at("ring")
}

func inBroker(f broker.Fault) Base {
	return Base{make: func() subject.Subject { return broker.Subject(f) }}.at("broker")
}

func inNetwork(f network.Fault) Base {
	return Base{make: func() subject.Subject { return network.Subject(f) }}.at("network")
}

// at says which package has the fault.
func (b Base) at(name string) Base {
	b.Dir = "impl/faults/" + name
	return b
}

func model(m models) Base { return Base{make: m.subject} }

func (m models) subject() subject.Subject {
	items := subject.Capacity{Items: &subject.Range{Min: 1, Max: 1 << 16}}
	return subject.Subject{
		Claims: subject.Claims{
			Profiles: subject.Profiles{
				Region:    &subject.RegionProfile{Names: "posix", Maximum: 16 << 20},
				Word:      &subject.WordProfile{},
				Lock:      &subject.LockProfile{Waiting: "sleep"},
				Semaphore: &subject.SemaphoreProfile{Maximum: &subject.Range{Min: 1, Max: 1<<31 - 1}, Waiting: "sleep"},
				RWLock:    &subject.RWLockProfile{Waiting: "sleep"},
				Snapshot:  &subject.SnapshotProfile{Record: subject.Item{Max: 64 << 10}},
				OneToOne:  &subject.BufferProfile{Capacity: items, Item: subject.Item{Max: 4096}, Slots: "N", Waiting: "sleep", Empty: "strict", Close: true},
				Mailbox:   &subject.MailboxProfile{Capacity: items, Item: subject.Item{Max: 4096}, Delivery: "at-most-once", Order: "fifo", Close: true},
				Link:      &subject.LinkProfile{Item: subject.Item{Max: 4096}, Framing: subject.FramingMessages, Buffering: 32 << 10, Waiting: "sleep"},

				Cooperation: &subject.CooperationProfile{},
			},
			Performance: []subject.Performance{{Requirement: "COOP-SPEEDUP", AtLeast: 0.6, Against: "serial"}},
			Extended: []string{"REG-NOSYSCALL", "REG-EARLYOPEN", "REG-STAMPEDE", "REG-BOUNDS", "REG-READONLY", "REG-PRIVATE", "REG-STALE",
				"WORD-REGISTER", "WORD-DEKKER",
				"LOCK-FAIR", "LOCK-DEADLINE", "LOCK-SLEEP", "LOCK-OWNER", "LOCK-OWNERDEATH", "LOCK-EARLYOPEN",
				"SEM-DEADLINE", "SEM-SLEEP", "SEM-OVERFLOW", "SEM-EARLYOPEN",
				"RW-DEADLINE", "RW-SLEEP", "RW-FAIR", "RW-OWNERDEATH", "RW-EARLYOPEN",
				"SNAP-READERS", "SNAP-WRITERDEATH", "SNAP-EARLYOPEN", "LINK-ANY", "LINK-DUPLEX", "BUF-NOSYSCALL", "BOX-DEADLINE", "BOX-SLEEP", "BOX-STALE", "BOX-PRIVATE",
				"BUF-DEADLINE", "BUF-SLEEP", "BUF-INDEXWRAP", "BUF-STALE", "BUF-PRODUCERDEATH", "BUF-CONSUMERDEATH", "BUF-EARLYOPEN", "BOX-EARLYOPEN"},
		},
		Regions:    region.New(m.region),
		Locks:      locktable.Locks(m.lock, m.under),
		Semaphores: semaphore.Semaphores(m.semaphore, m.under),
		RWLocks:    locktable.RWLocks(m.rwlock, m.under),
		Snapshots:  snapshot.Snapshots(m.snapshot, m.under),
		OneToOne:   ring.New(m.ring, m.under),
		Mailboxes:  ring.Mailboxes(m.ring, m.under),
		Parties:    link.Parties(m.link),
	}
}

// many is a subject of buffers between many producers and consumers alone.
func many(f ring.Fault) subject.Subject {
	return subject.Subject{
		Claims: subject.Claims{
			Profiles: subject.Profiles{Many: &subject.BufferProfile{
				Capacity: subject.Capacity{Items: &subject.Range{Min: 1, Max: 1 << 16}},
				Item:     subject.Item{Max: 1 << 16}, Waiting: "sleep", Empty: "strict", Close: true,
			}},
		},
		Many: ring.Many(f),
	}
}
