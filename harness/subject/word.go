package subject

// Words is a Region whose 64-bit words can be used atomically. It is needed
// where profile word is claimed. Offsets are bytes, multiples of 8; others are
// refused with Invalid, as are those outside the region.
type Words interface {
	Load(offset int64) (uint64, error)
	Store(offset int64, value uint64) error
	// Add adds modulo 2^64, and gives the value before.
	Add(offset int64, delta uint64) (uint64, error)
	// CompareAndSwap stores value where the word holds old. It gives the value
	// that the word held, and whether it was replaced.
	CompareAndSwap(offset int64, old, value uint64) (held uint64, swapped bool, err error)
}
