package suites_test

import (
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/reference"
	"github.com/ipckit/ipckit/suites"
)

// roomFirst are buffers of one slot that look for room before they look at an item's
// length.
type roomFirst struct{ subject.Buffers }

func (r roomFirst) Create(name string, s subject.Shape) (subject.Buffer, error) {
	b, err := r.Buffers.Create(name, s)
	return oneSlot{b, s.ItemMax}, err
}

func (r roomFirst) Open(name string) (subject.Buffer, error) {
	b, err := r.Buffers.Open(name)
	return oneSlot{b, largest}, err
}

type oneSlot struct {
	subject.Buffer
	itemMax int64
}

const largest = 64 // bytes

func (o oneSlot) Put(item []byte, wait subject.Wait) error {
	if int64(len(item)) <= o.itemMax {
		return o.Buffer.Put(item, wait)
	}
	if err := o.Buffer.Put(nil, wait); err != nil { // looks for room
		return err
	}
	if _, err := o.Get(make([]byte, largest), subject.Never); err != nil {
		return err
	}
	return subject.Errorf(subject.TooLarge, "%d bytes where %d is the most", len(item), o.itemMax)
}

// TestRoomFirst: a buffer may say full where it is full, also of an item that is too
// large.
func TestRoomFirst(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a world")
	}
	r := reference.Subject()
	r.Claims.Profiles = subject.Profiles{Many: &subject.BufferProfile{
		Capacity: subject.Capacity{Items: &subject.Range{Min: 1, Max: 1}}, Item: subject.Item{Max: largest},
		Waiting: "sleep", Empty: "strict", Close: true,
	}}
	r.Claims.Extended, r.Claims.Performance = nil, nil
	r.Many = roomFirst{r.Many}
	suites.Check(t, r, suites.Only("BUF-OVERSIZE"))
}
