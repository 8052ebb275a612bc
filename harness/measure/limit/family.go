package limit

import (
	"sync/atomic"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// What an object can be measured as.
type (
	buffers    struct{ files }
	semaphores struct{ files }
	regions    struct{ files }
)

func (b buffers) Create(name string, shape subject.Shape) (subject.Buffer, error) {
	return as[subject.Buffer](b.create(name, shape.ItemMax))
}
func (b buffers) Open(name string) (subject.Buffer, error) { return as[subject.Buffer](b.open(name)) }

func (s semaphores) Create(name string, _ subject.Stock) (subject.Semaphore, error) {
	return as[subject.Semaphore](s.create(name, 1))
}
func (s semaphores) Open(name string) (subject.Semaphore, error) {
	return as[subject.Semaphore](s.open(name))
}

func (r regions) Create(name string, size int64) (subject.Region, error) {
	return as[subject.Region](r.create(name, size))
}
func (r regions) Open(name string, _ bool) (subject.Region, error) {
	return as[subject.Region](r.open(name))
}

func as[T any](m *memory, err error) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return any(m).(T), nil
}

// Put, Get, Post, Wait, ReadAt and WriteAt are not what a limit is for.
func (m *memory) Put([]byte, subject.Wait) error        { return notMeasured(protocol.OpBufferPut) }
func (m *memory) Get([]byte, subject.Wait) (int, error) { return 0, notMeasured(protocol.OpBufferGet) }
func (m *memory) Post() error                           { return notMeasured(protocol.OpSemaphorePost) }
func (m *memory) Wait(subject.Wait) error               { return notMeasured(protocol.OpSemaphoreWait) }
func (m *memory) ReadAt([]byte, int64) (int, error)     { return 0, notMeasured(protocol.OpRegionRead) }
func (m *memory) WriteAt([]byte, int64) (int, error)    { return 0, notMeasured(protocol.OpRegionWrite) }

func notMeasured(op string) error {
	return &protocol.Unsupported{Operation: op + " of a limit, which has measured roles alone"}
}

// Size is that of the body, in which words lie.
func (m *memory) Size() int64 { return int64(len(m.bytes)) - bodyAt }

// at is a word of the body; the caller, which is the kit, knows that there is one.
func (m *memory) at(offset int64) *uint64 { return m.word(bodyAt + int(offset)) }

func (m *memory) Load(at int64) (uint64, error)  { return atomic.LoadUint64(m.at(at)), nil }
func (m *memory) Store(at int64, v uint64) error { storeRelease(m.at(at), v); return nil }
func (m *memory) Add(at int64, d uint64) (uint64, error) {
	return atomic.AddUint64(m.at(at), d) - d, nil
}

// CompareAndSwap completes subject.Words.
func (m *memory) CompareAndSwap(at int64, old, v uint64) (uint64, bool, error) {
	swapped := atomic.CompareAndSwapUint64(m.at(at), old, v)
	held := old
	if !swapped {
		held = atomic.LoadUint64(m.at(at))
	}
	return held, swapped, nil
}
