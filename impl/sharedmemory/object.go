package sharedmemory

import "unsafe"

// object is what all named objects except regions have in common.
type object struct {
	region *Region // nil after Detach
	name   string
	stale  bool
}

// Name is the name that the object was opened by.
func (o *object) Name() string { return o.name }

// Stale reports whether no process was attached when this handle was opened: the
// content was left behind by an earlier run. The object works; to start clean,
// unlink it and create it again.
func (o *object) Stale() bool { return o.stale }

func newObject(r *Region) object { return object{region: r, name: r.name, stale: r.stale} }

// detach releases the mapping and the descriptor, and with it all presence
// locks.
func (o *object) detach() error {
	r := o.region
	o.region = nil
	return r.Close()
}

func (o *object) detached(op string) error {
	return refuse(op, o.name, ErrInvalid, "this handle was detached")
}

// createControl makes an object whose payload begins with a T.
func createControl[T any](name string, k kind, more int64, options []Option, initialise func(*T)) (*Region, *T, error) {
	s := newSettings(options)
	s.populate = true
	r, err := create(name, k, int64(unsafe.Sizeof(*new(T)))+more, s, func(payload []byte) {
		initialise((*T)(unsafe.Pointer(unsafe.SliceData(payload))))
	})
	if err != nil {
		return nil, nil, err
	}
	return r, (*T)(unsafe.Pointer(unsafe.SliceData(r.payload))), nil
}

// openControl opens an object whose payload begins with a T. size returns the
// size of the whole payload, and whether the T is valid.
func openControl[T any](name string, k kind, options []Option, size func(*T) (uint64, bool)) (*Region, *T, error) {
	s := newSettings(options)
	s.populate = true
	r, err := open(name, k, s)
	if err != nil {
		return nil, nil, err
	}
	var c *T
	if uintptr(len(r.payload)) >= unsafe.Sizeof(*c) {
		c = (*T)(unsafe.Pointer(unsafe.SliceData(r.payload)))
		if want, ok := size(c); ok && want == uint64(len(r.payload)) {
			return r, c, nil
		}
	}
	n := len(r.payload)
	_ = r.Close()
	return nil, nil, refuse("open", name, ErrInvalid, "its description does not match its size of %d bytes: it was overwritten", n)
}

// fixedSize is for openControl if the payload is only a T.
func fixedSize[T any](c *T) (uint64, bool) { return uint64(unsafe.Sizeof(*c)), true }
