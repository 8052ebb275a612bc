package run

import (
	"encoding/binary"
	"fmt"
	"os"
	"syscall"
)

// A deck is how specs are dealt out to several runners: a pipe that holds the
// numbers of the specs, in the order in which Ginkgo runs them: every runner has
// all of them, and passes over those that are not its own. A runner that has
// nothing to do takes the next number, so that none is idle while another has
// several to go. A number is written and read as a whole, so none is taken twice.
// A runner that dies takes along no more than the spec that it was at.

// maxDealt is how many specs can be dealt out. It keeps within a page, which is
// what a pipe holds at least.
const maxDealt = 2048

// newDeck gives a pipe with so many numbers, to read from.
func newDeck(specs int) (*os.File, error) {
	if specs > maxDealt {
		return nil, fmt.Errorf("%d specs cannot be dealt out, at most %d can: select some with --only", specs, maxDealt)
	}
	numbers := make([]byte, 0, 2*specs)
	for i := range specs {
		numbers = binary.LittleEndian.AppendUint16(numbers, uint16(i))
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	if _, err := w.Write(numbers); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// A hand takes from a deck in a runner.
type hand struct {
	deck  int // the descriptor
	turns int // specs whose turn it was
	taken int // the number of the spec taken last; -1: none yet
	over  bool
}

// mine reports whether the spec whose turn it is is this runner's. It is asked of
// each, when it is about to run.
func (h *hand) mine() bool {
	number := h.turns
	h.turns++
	for !h.over && h.taken < number {
		var b [2]byte
		n, err := syscall.Read(h.deck, b[:])
		if err == syscall.EINTR {
			continue
		}
		h.over = n != len(b)
		h.taken = int(binary.LittleEndian.Uint16(b[:]))
	}
	return !h.over && h.taken == number
}
