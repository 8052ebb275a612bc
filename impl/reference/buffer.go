package reference

import (
	"math"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/sharedmemory"
)

type buffers struct{}

type buffer struct{ *sharedmemory.Buffer }

func (buffers) Create(name string, s subject.Shape) (subject.Buffer, error) {
	shape, options := shapeOf(s)
	b, err := sharedmemory.CreateBuffer(name, shape, options...)
	if err != nil {
		return nil, translate(err)
	}
	return buffer{b}, nil
}

// shapeOf translates a shape of the contract.
func shapeOf(s subject.Shape) (sharedmemory.Shape, []sharedmemory.Option) {
	shape := sharedmemory.Shape{Slots: narrow(s.Capacity), ItemMax: narrow(s.ItemMax)}
	if s.StartIndex == 0 {
		return shape, nil
	}
	return shape, []sharedmemory.Option{sharedmemory.WithStartIndex(s.StartIndex)}
}

// narrow clips a number that an int cannot hold; the library refuses the result.
func narrow(n int64) int {
	return int(min(max(n, math.MinInt), math.MaxInt))
}

func (buffers) Open(name string) (subject.Buffer, error) {
	b, err := sharedmemory.OpenBuffer(name)
	if err != nil {
		return nil, translate(err)
	}
	return buffer{b}, nil
}

func (buffers) Unlink(name string) error { return translate(sharedmemory.UnlinkBuffer(name)) }

func (b buffer) Put(item []byte, wait subject.Wait) error {
	return translate(b.Buffer.Put(item, sharedmemory.Wait(wait)))
}

func (b buffer) Get(into []byte, wait subject.Wait) (int, error) {
	n, err := b.Buffer.Get(into, sharedmemory.Wait(wait))
	return n, translate(err)
}

func (b buffer) Close() error { return translate(b.Buffer.Close()) }

func (b buffer) Detach() error { return translate(b.Buffer.Detach()) }
