package mutants

import (
	"math/bits"
	"unsafe"

	"github.com/ipckit/ipckit/harness/subject"
)

// rings makes one-to-one bounded buffers on top of regions.
type rings struct {
	fault
	regions *regions
}

func (rs rings) Create(name string, s subject.Shape) (subject.Buffer, error) {
	r, err := rs.create(name, s)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (rs rings) create(name string, s subject.Shape) (*ring, error) {
	bad := s.Capacity < 1 || s.Capacity > 1<<20 || s.ItemMax < 0 || s.ItemMax > 1<<20
	slots := slotsFor(s.Capacity)
	size := controlSize + slots*slotSize(s.ItemMax)
	if rs.is("ring-size-wraps") {
		bad = false
		size = controlSize + int64(uint32(s.Capacity*slotSize(s.ItemMax)))
	}
	if bad {
		return nil, subject.Errorf(subject.Invalid, "capacity %d, items up to %d bytes", s.Capacity, s.ItemMax)
	}
	m, err := rs.regions.create(name, size)
	switch {
	case subject.KindOf(err) != subject.Exists:
	case rs.is("ring-create-takes-over"):
		return rs.open(name)
	case rs.is("ring-done-flag-stays"):
		m, err = rs.regions.open(name, false)
	}
	if err != nil {
		return nil, err
	}
	r := rs.attach(m)
	r.control.capacity, r.control.itemMax = uint64(s.Capacity), uint64(s.ItemMax)
	r.slot, r.slots = slotSize(s.ItemMax), slots
	r.in.Store(uint32(s.StartIndex))
	r.out.Store(uint32(s.StartIndex))
	r.attached.Store(1)
	return r, nil
}

// slotsFor is the least power of two that is no less than a capacity.
func slotsFor(capacity int64) int64 { return 1 << bits.Len64(uint64(max(capacity, 1)-1)) }

func slotSize(itemMax int64) int64 { return (4 + itemMax + 7) &^ 7 }

func (rs rings) Open(name string) (subject.Buffer, error) {
	r, err := rs.open(name)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (rs rings) open(name string) (*ring, error) {
	m, err := rs.regions.open(name, false)
	if err != nil {
		return nil, err
	}
	r := rs.attach(m)
	r.slot, r.slots = slotSize(int64(r.control.itemMax)), slotsFor(int64(r.control.capacity))
	if rs.is("ring-open-resets") {
		r.in.Store(7)
		r.out.Store(7)
	}
	r.takeOver()
	return r, nil
}

func (rs rings) Unlink(name string) error { return rs.regions.Unlink(name) }

func (rs rings) attach(m *region) *ring {
	return &ring{fault: rs.fault, region: m, control: (*control)(unsafe.Pointer(&m.memory[0]))}
}
