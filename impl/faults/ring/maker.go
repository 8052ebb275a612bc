package ring

import (
	"math/bits"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/region"
	"github.com/ipckit/ipckit/impl/faults/waiting"
)

// Rings makes rings in regions: bounded buffers between one producer and one
// consumer.
type Rings struct {
	fault   Fault
	regions *region.Regions
}

// New makes rings with a fault, in regions with a fault of theirs.
func New(f Fault, in region.Fault) Rings { return Rings{f, region.New(in)} }

func (rs Rings) Create(name string, s subject.Shape) (subject.Buffer, error) {
	r, err := rs.create(name, s)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (rs Rings) create(name string, s subject.Shape) (*ring, error) {
	bad := s.Capacity < 1 || s.Capacity > 1<<20 || s.ItemMax < 0 || s.ItemMax > 1<<20
	slots := slotsFor(s.Capacity)
	size := controlSize + slots*slotSize(s.ItemMax)
	if rs.fault == SizeWraps {
		bad = false
		size = controlSize + int64(uint32(s.Capacity*slotSize(s.ItemMax)))
	}
	if bad {
		return nil, subject.Errorf(subject.Invalid, "capacity %d, items up to %d bytes", s.Capacity, s.ItemMax)
	}
	fill := func(m *region.Region) {
		c := rs.attach(m).control
		c.capacity, c.itemMax = uint64(s.Capacity), uint64(s.ItemMax)
		c.in.Store(uint32(s.StartIndex))
		c.out.Store(uint32(s.StartIndex))
		c.attached.Store(1)
	}
	m, err := rs.regions.CreateMapping(name, size, fill)
	switch {
	case subject.KindOf(err) != subject.Exists:
	case rs.fault == CreateTakesOver:
		return rs.open(name)
	case rs.fault == DoneFlagStays:
		if m, err = rs.regions.OpenMapping(name, false); err == nil {
			fill(m)
		}
	}
	if err != nil {
		return nil, err
	}
	r := rs.attach(m)
	r.slot, r.slots = slotSize(s.ItemMax), slots
	return r, nil
}

// slotsFor is the smallest power of two that is at least a capacity.
func slotsFor(capacity int64) int64 { return 1 << bits.Len64(uint64(max(capacity, 1)-1)) }

func slotSize(itemMax int64) int64 { return (4 + itemMax + 7) &^ 7 }

func (rs Rings) Open(name string) (subject.Buffer, error) {
	r, err := rs.open(name)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (rs Rings) open(name string) (*ring, error) {
	m, err := rs.regions.OpenMapping(name, false)
	if err != nil {
		return nil, err
	}
	r := rs.attach(m)
	r.slot, r.slots = slotSize(int64(r.control.itemMax)), slotsFor(int64(r.control.capacity))
	if rs.fault == OpenResets {
		r.in.Store(7)
		r.out.Store(7)
	}
	r.repair()
	return r, nil
}

func (rs Rings) Unlink(name string) error { return rs.regions.Unlink(name) }

func (rs Rings) attach(m *region.Region) *ring {
	if rs.fault == BlocksSignals {
		waiting.Block(unix.SIGUSR1)
	}
	return &ring{fault: rs.fault, Region: m, control: (*control)(unsafe.Pointer(&m.Memory[0]))}
}
