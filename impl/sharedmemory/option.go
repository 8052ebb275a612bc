package sharedmemory

// An Option changes how an object is created or opened.
type Option func(*settings)

type settings struct {
	mode       uint32
	readOnly   bool
	startIndex uint64
	populate   bool
	memory     memory
}

func newSettings(options []Option) *settings {
	s := &settings{mode: 0o600, memory: mapped{}}
	for _, o := range options {
		o(s)
	}
	return s
}

// WithMode sets the permission bits of a new object, independently of the umask.
// The default is 0600: only the creator's user has access.
func WithMode(mode uint32) Option {
	return func(s *settings) { s.mode = mode & 0o777 }
}

// ReadOnly opens a region for reading only; read permission then suffices.
func ReadOnly() Option {
	return func(s *settings) { s.readOnly = true }
}

// WithStartIndex sets the initial indices of a new buffer, so that a test can
// see them wrap around at 2^32 or 2^64 without moving that many items.
func WithStartIndex(index uint64) Option {
	return func(s *settings) { s.startIndex = index }
}
