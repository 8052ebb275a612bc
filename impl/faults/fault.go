// Package faults has all seeded faults: each is one mistake in an implementation
// that is otherwise correct. The implementation with the fault is a mutant. A
// fault names the requirement whose check must catch it, with which verdict and
// at which step; only that counts as caught. A mutant that survives means that a
// check cannot fail, and breaks the build.
//
// A fault in Go is a constant of the package that has it ([ring.IndexWraps]), by
// which the algorithm takes the wrong branch, and a row of a table here.
//
// A fault in C or Python is a row of a table here and a patch, patches/ID.patch,
// against the directory that the row names. To make one, commit the base, edit
// it, and keep the difference:
//
//	git diff impl/c/example > impl/faults/patches/ID.patch
//	git checkout impl/c/example
//
// A patch must fit its base exactly. After a change of a base, `make patches`
// writes anew all that still fit with other line numbers or slightly other
// context, and names those that do not.
//
// A fault of a pair of programs is chosen by a macro, so that the one source
// shows all of them; see impl/programs/faults.
package faults

import (
	"slices"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/pace"
)

// A Fault is one mistake.
type Fault struct {
	ID          string // stable, in words
	Text        string // what is wrong, as its author might describe the code
	Requirement string // that must catch it
	Verdict     string // with which it must be caught: fail, crash, timeout, leak or unobserved
	At          string // part of the step or the message by which it is caught
	Kind        string // of the check that must catch it; "" is any but race
	Needs       string // a program that the host must have to build or run it; "": none
	Dawdles     bool   // gives way in the window of its race, so that load meets it on any machine: how soon says nothing
	Base        Base   // what it is a mistake in
}

// Kinds of check.
const (
	race      = "race"
	stress    = "stress"
	behaviour = "behaviour"

	performance = "performance"
)

// All lists the faults, those in Go first, by requirement.
func All() []Fault {
	return slices.Concat(
		regionFaults(), wordFaults(), lockFaults(), semaphoreFaults(), rwlockFaults(), snapshotFaults(),
		bufferFaults(), manyFaults(), mailboxFaults(), brokerFaults(), raceFaults(),
		linkFaults(), lifeFaults(), networkFaults(), cooperationFaults(), performanceFaults(),
		programFaults(),
		needing(compiler, cFaults(), textbookFaults(), messageFaults(), cRaceFaults(), controlFaults()),
		needing(interpreter, pythonFaults()),
	)
}

// Programs that build or run the faults in sources.
const (
	compiler    = "cc"
	interpreter = "python3"
)

func needing(program string, tables ...[]Fault) []Fault {
	all := slices.Concat(tables...)
	for i := range all {
		all[i].Needs = program
	}
	return all
}

// Find finds the fault with that id.
func Find(id string) (Fault, bool) {
	all := All()
	i := slices.IndexFunc(all, func(f Fault) bool { return f.ID == id })
	if i < 0 {
		return Fault{}, false
	}
	return all[i], true
}

// Control is the id of no fault: the correct base of most faults in Go.
const Control = "none"

// Subject makes the Go subject with the fault of that id, or with none for
// [Control], [Pace] and [PaceTwin]. There is none of a fault in sources.
func Subject(id string) (subject.Subject, bool) {
	f := Fault{Base: model(models{})}
	switch id {
	case Control:
	case Pace:
		f.Base.make = func() subject.Subject { return paced(pace.None) }
	case PaceTwin:
		f.Base.make = paceTwin
	default:
		var ok bool
		if f, ok = Find(id); !ok || f.Base.make == nil {
			return subject.Subject{}, false
		}
	}
	s := f.Base.make()
	s.Claims.Subject, s.Claims.Version, s.Claims.Language = "mutant:"+id, "1", "Go"
	return s, true
}
