package subject

// Words is a Region whose 64-bit words can be used atomically. It is needed
// where profile word is claimed. Offsets are in bytes and multiples of 8; other
// offsets, and those outside the region, are refused with Invalid.
type Words interface {
	Load(offset int64) (uint64, error)
	Store(offset int64, value uint64) error
	// Add adds modulo 2^64, and returns the previous value.
	Add(offset int64, delta uint64) (uint64, error)
	// CompareAndSwap stores value if the word holds old. It returns the value that
	// the word held, and whether it was replaced.
	CompareAndSwap(offset int64, old, value uint64) (held uint64, swapped bool, err error)
}
