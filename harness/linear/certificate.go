package linear

import (
	"time"

	"github.com/anishathalye/porcupine"
)

// A Certificate is a second opinion on a witness: that of porcupine, a general
// checker by other authors that shares no code with this package.
type Certificate string

// The certificates. NotApplicable: the witness alone proves nothing to a
// general checker, because the argument counts operations that it does not show,
// or because the operation itself is the fault.
const (
	Certified     Certificate = "certified"
	NotApplicable Certificate = "not applicable"
	Contradicted  Certificate = "contradicted" // a fault of this package
	Undecided     Certificate = "undecided"    // the time was not enough
)

// A proof says against what sequential object a witness is to be checked: one
// that every part of an allowed history keeps to.
type proof struct {
	model   func(proof) sequential
	initial uint64
	delta   int64
}

// Certify runs the witness through porcupine, for at most limit.
func (w *Witness) Certify(limit time.Duration) Certificate {
	if w.proof.model == nil {
		return NotApplicable
	}
	steps := w.Steps
	if w.all != nil {
		steps = w.all
	}
	switch porcupine.CheckOperationsTimeout(w.proof.model(w.proof).model(), operations(steps), limit) {
	case porcupine.Illegal:
		return Certified
	case porcupine.Ok:
		return Contradicted
	}
	return Undecided
}
