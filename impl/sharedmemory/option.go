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

// WithMode sets the permission bits of a new object, whatever the umask says;
// without it they are 0600: nobody but the creator's user.
func WithMode(mode uint32) Option {
	return func(s *settings) { s.mode = mode & 0o777 }
}

// ReadOnly opens a region for reading alone; read permission then suffices.
func ReadOnly() Option {
	return func(s *settings) { s.readOnly = true }
}

// WithStartIndex presets the running indices of a new buffer, so that a test
// can see them pass 2^32 or 2^64 without moving that many items.
func WithStartIndex(index uint64) Option {
	return func(s *settings) { s.startIndex = index }
}
