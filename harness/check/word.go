package check

import "github.com/ipckit/ipckit/harness/protocol"

// A Word is one process's way to an atomic word of a region.
type Word struct {
	region *Region
	offset int64
}

// Word gives the word at an offset.
func (r *Region) Word(offset int64) *Word { return &Word{r, offset} }

// Process is the one that holds the region.
func (x *Word) Process() *Process { return x.region.process }

// Region is the process's way to the region that the word lies in.
func (x *Word) Region() *Region { return x.region }

func (x *Word) request(op string) protocol.Request {
	return protocol.Request{Op: op, Object: x.region.handle, Offset: &x.offset}
}

// do carries out an operation and gives what the word held.
func (x *Word) do(r protocol.Request) (held uint64, swapped bool, err error) {
	reply, err := x.region.process.do(r)
	if reply.Value != nil {
		held = *reply.Value
	}
	return held, reply.Swapped != nil && *reply.Swapped, err
}

// Load reads the word.
func (x *Word) Load() (uint64, error) {
	v, _, err := x.do(x.request(protocol.OpWordLoad))
	return v, err
}

// Store writes the word.
func (x *Word) Store(v uint64) error {
	r := x.request(protocol.OpWordStore)
	r.Value = &v
	_, _, err := x.do(r)
	return err
}

// BeginStore starts to write the word.
func (x *Word) BeginStore(v uint64) *Call {
	r := x.request(protocol.OpWordStore)
	r.Value = &v
	return x.region.process.begin(r)
}

// Add adds to the word, and gives what it held before.
func (x *Word) Add(delta uint64) (uint64, error) {
	r := x.request(protocol.OpWordAdd)
	r.Value = &delta
	v, _, err := x.do(r)
	return v, err
}

// CompareAndSwap stores value where the word holds old.
func (x *Word) CompareAndSwap(old, value uint64) (held uint64, swapped bool, err error) {
	r := x.request(protocol.OpWordCAS)
	r.Expected, r.Value = &old, &value
	return x.do(r)
}

// Begin starts a workload on the word: protocol.RoleAdd, RoleCAS, RoleStore,
// RoleLoad, RoleDekker, or RoleFlag and RoleFollow on the whole region.
func (x *Word) Begin(role string, s Steps) *Work {
	return x.region.process.work(x.region.handle, role, s, func(r *protocol.Request) { r.Offset, r.Wait = &x.offset, nil })
}

// BeginCompute starts to do tasks that so many processes divide among them; there
// are as many as the scratch file has marks. The word is the number of the next
// task, and the one 128 bytes further the result.
func (x *Word) BeginCompute(processes int64, s Steps) *Work {
	return x.region.compute(&x.offset, processes, s)
}

// BeginComputeApart starts to do tasks that the processes divide without sharing
// anything: each does every so many-th.
func (r *Region) BeginComputeApart(processes int64, s Steps) *Work {
	return r.compute(nil, processes, s)
}

func (r *Region) compute(offset *int64, processes int64, s Steps) *Work {
	return r.process.work(r.handle, protocol.RoleCompute, s, func(q *protocol.Request) {
		q.Offset, q.Maximum, q.Wait = offset, &processes, nil
	})
}
