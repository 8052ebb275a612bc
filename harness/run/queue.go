package run

import (
	"encoding/binary"
	"fmt"
	"os"
	"syscall"
)

// The queue of checks spreads specs over several runners. It is a pipe that
// holds the numbers of the specs, in the order in which Ginkgo runs them: every
// runner has registered all of them, and passes over those that are not its own.
// A runner that has nothing to do takes the next number, so none is idle while
// another has several to go. A number is written and read as a whole, so none is
// taken twice. A runner that dies takes along no more than the spec that it ran.

// queueMaximum is how many specs a queue holds: as many numbers as fit into a
// page, which a pipe holds at least.
const queueMaximum = 2048

// newQueue makes a pipe with so many numbers, and gives the end to read from.
func newQueue(specs int) (*os.File, error) {
	if specs > queueMaximum {
		return nil, fmt.Errorf("%d checks are too many for one run, which has at most %d: select some with --only", specs, queueMaximum)
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

// dispatch takes numbers from a queue in a runner.
type dispatch struct {
	queue int // the descriptor
	asked int // specs that were asked for so far
	taken int // the number of the spec taken last; -1: none yet
	empty bool
}

func newDispatch(queue int) *dispatch { return &dispatch{queue: queue, taken: -1} }

// mine reports whether the next spec is this runner's. It is called once for
// each, when it is about to run.
func (d *dispatch) mine() bool {
	number := d.asked
	d.asked++
	for !d.empty && d.taken < number {
		var b [2]byte
		n, err := syscall.Read(d.queue, b[:])
		if err == syscall.EINTR {
			continue
		}
		d.empty = n != len(b)
		d.taken = int(binary.LittleEndian.Uint16(b[:]))
	}
	return !d.empty && d.taken == number
}
