package linear

import (
	"time"

	"github.com/anishathalye/porcupine"
)

// A Certificate is a second opinion on a witness, by porcupine: a general checker by
// other authors, which shares no code with this package.
type Certificate string

// The certificates. NotApplicable means that a general checker cannot confirm the
// witness, since the argument counts operations that the witness does not show, or
// since a single operation is the violation.
const (
	Certified     Certificate = "certified"
	NotApplicable Certificate = "not applicable"
	Contradicted  Certificate = "contradicted" // a bug of this package
	Undecided     Certificate = "undecided"    // porcupine did not finish in time
)

// A proof is the sequential object against which porcupine checks a witness. Every
// part of an allowed history must conform to it.
type proof struct {
	model   func(proof) sequential
	initial uint64
	delta   int64
}

// Certify checks the witness with porcupine, for at most limit.
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
