// Package mutants holds implementations with one seeded fault each. A mutant
// names the requirement that must catch it, with which verdict and at which
// step; only that counts as its death. A mutant that survives means that a
// check cannot fail, and breaks the build.
//
// The regions, locks, semaphores, snapshots, the ring and the mailbox of this
// package are small and plain: their algorithm is written out with its faults
// in place, each an if that is taken for one mutant alone. Without a fault they
// are correct, and a test shows that they pass.
package mutants

import (
	"cmp"
	"slices"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/c"
	"github.com/ipckit/ipckit/impl/controls"
	"github.com/ipckit/ipckit/impl/programs"
	"github.com/ipckit/ipckit/impl/python"
)

// A Mutant is one way to be wrong.
type Mutant struct {
	ID          string // stable, in words
	Fault       string // what is wrong, as its author might have written it
	Requirement string // that must catch it
	Verdict     string // with which it must be caught: fail, crash, timeout or leak
	At          string // part of the step or the message by which it is caught

	// Write writes the claims and sources of a mutant that is not a Go package
	// into a directory that exists; nil otherwise.
	Write func(dir string) error

	// Needs is a program that the host must have to run it; "" where the kit has
	// all that is needed.
	Needs string

	// Kind is that of the check that must catch it; "" is any but race.
	Kind string

	// Dawdles says that it gives way in the window of its race, so that load
	// meets it on any machine: how soon, says nothing about such races.
	Dawdles bool

	as fault // the fault that it has, where that bears another name; else the id
}

// All lists the mutants, by requirement.
func All() []Mutant {
	var all []Mutant
	all = append(all, regionMutants...)
	all = append(all, wordMutants...)
	all = append(all, lockMutants...)
	all = append(all, semaphoreMutants...)
	all = append(all, rwlockMutants...)
	all = append(all, snapshotMutants...)
	all = append(all, bufferMutants...)
	all = append(all, manyMutants...)
	all = append(all, mailboxMutants...)
	all = append(all, postalMutants...)
	all = append(all, raceMutants...)
	all = append(all, linkMutants...)
	all = append(all, networkMutants...)
	all = append(all, cooperationMutants...)
	for _, f := range programs.Faults() {
		all = append(all, Mutant{ID: f.ID, Fault: f.Fault, Requirement: f.Requirement, Verdict: f.Verdict, At: f.At, Write: f.Write})
	}
	for _, f := range slices.Concat(c.Faults(), controls.Faults(), python.Faults()) {
		all = append(all, Mutant{ID: f.ID, Fault: f.Fault, Requirement: f.Requirement, Verdict: f.Verdict, At: f.At, Write: f.Write, Kind: f.Kind, Needs: f.Needs})
	}
	return all
}

// Control is the fault that is none: the correct base of all Go mutants.
const Control = "none"

// Subject makes the Go subject with the fault of that id.
func Subject(id string) (subject.Subject, bool) {
	f := fault(id)
	if id != Control {
		i := slices.IndexFunc(All(), func(m Mutant) bool { return m.ID == id && m.Write == nil })
		if i < 0 {
			return subject.Subject{}, false
		}
		f = cmp.Or(All()[i].as, f)
		if slices.ContainsFunc(manyMutants, func(m Mutant) bool { return m.ID == id }) {
			return many(f), true
		}
		if slices.ContainsFunc(networkMutants, func(m Mutant) bool { return m.ID == id }) {
			return networked(f), true
		}
		if slices.ContainsFunc(postalMutants, func(m Mutant) bool { return m.ID == id }) {
			return postal(f), true
		}
	}
	items := subject.Capacity{Items: &subject.Range{Min: 1, Max: 1 << 16}}
	return subject.Subject{
		Claims: subject.Claims{
			Subject: "mutant:" + id, Version: "1", Language: "Go",
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
				"LOCK-FAIR", "LOCK-DEADLINE", "LOCK-SLEEP", "LOCK-OWNER", "LOCK-OWNERDEATH",
				"SEM-DEADLINE", "SEM-SLEEP", "SEM-OVERFLOW",
				"RW-DEADLINE", "RW-SLEEP", "RW-FAIR", "RW-OWNERDEATH",
				"SNAP-READERS", "SNAP-WRITERDEATH", "LINK-ANY", "LINK-DUPLEX", "BUF-NOSYSCALL", "BOX-DEADLINE", "BOX-SLEEP", "BOX-STALE", "BOX-PRIVATE",
				"BUF-DEADLINE", "BUF-SLEEP", "BUF-INDEXWRAP", "BUF-STALE", "BUF-PRODUCERDEATH", "BUF-CONSUMERDEATH"},
		},
		Regions:    newRegions(f),
		Locks:      locks{halls{newRegions(f), "lock"}},
		Semaphores: semaphores{f, newRegions(f)},
		RWLocks:    rwlocks{halls{newRegions(f), "rw"}},
		Snapshots:  snapshots{f, newRegions(f)},
		OneToOne:   rings{f, newRegions(f)},
		Mailboxes:  boxes{f, rings{f, newRegions(f)}},
		Parties:    parties{f, rings{f, newRegions(f)}},
	}, true
}

// fault is the one that is switched on.
type fault string

// is reports whether this is the mutant with that fault.
func (f fault) is(id string) bool { return string(f) == id }
