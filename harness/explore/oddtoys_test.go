package explore_test

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// oddToys do what no implementation should, by name.
var oddToys = map[string]toy{
	"odd: no end": {
		put: func(m *memory, _ uint64) error {
			for v := m.count; v == 0; {
			}
			return nil
		},
		get: count,
	},
	"odd: forks": {
		put: func(*memory, uint64) error {
			p, err := os.StartProcess("/bin/true", []string{"true"}, &os.ProcAttr{})
			if err == nil {
				_, err = p.Wait()
			}
			return err
		},
		get: count,
	},
	"odd: executes": {
		put: func(*memory, uint64) error { return unix.Exec("/bin/true", []string{"true"}, nil) },
		get: count,
	},
	"odd: unprotects": { // what keeps it from the memory
		put: func(m *memory, v uint64) error {
			if err := unix.Mprotect(m.page(), unix.PROT_READ|unix.PROT_WRITE); err != nil {
				return err
			}
			store(&m.count, load(&m.count)+v)
			return nil
		},
		get: count,
	},
	"odd: stops itself": {
		put: func(*memory, uint64) error { return unix.Kill(os.Getpid(), unix.SIGSTOP) },
		get: count,
	},
	"odd: has itself stopped": { // by another thread
		put: func(m *memory, v uint64) error {
			stopped := make(chan error)
			go func() { stopped <- unix.Kill(os.Getpid(), unix.SIGSTOP) }()
			return <-stopped
		},
		get: count,
	},
	"odd: another thread helps": {
		put: func(m *memory, v uint64) error {
			helped := make(chan bool)
			go func() { atomic.AddUint64(&m.count, v); close(helped) }()
			<-helped
			return nil
		},
		get: count,
	},
	"odd: kills its parent": {
		put: func(*memory, uint64) error { return unix.Kill(os.Getppid(), unix.SIGKILL) },
		get: count,
	},
	"odd: crashes": {
		put: func(m *memory, v uint64) error {
			if sum := atomic.AddUint64(&m.count, v); load(&m.count) != sum {
				panic("this cannot be")
			}
			return nil
		},
		get: count,
	},
	"odd: yields without end": {
		put: func(*memory, uint64) error {
			for {
				_, _, _ = unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
			}
		},
		get: count,
	},
	"odd: reads and yields without end": {
		put: func(m *memory, _ uint64) error {
			for load(&m.count) == 0 {
				_, _, _ = unix.Syscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
			}
			return nil
		},
		get: count,
	},
	"odd: reads without end": {
		put: func(m *memory, _ uint64) error {
			for load(&m.count) == 0 {
			}
			return nil
		},
		get: count,
	},
	"odd: exits": {
		put: func(*memory, uint64) error { os.Exit(3); return nil },
		get: count,
	},
	"odd: has no end where it is alone": { // and so in the setup
		put: func(*memory, uint64) error { return nil },
		get: func(m *memory) (uint64, error) {
			for v := m.count; v == 0; {
			}
			return 1, nil
		},
	},
	"odd: exits where it is alone": {
		put: func(*memory, uint64) error { return nil },
		get: func(*memory) (uint64, error) { os.Exit(3); return 0, nil },
	},
	"odd: maps nothing in its place": {
		put: func(m *memory, v uint64) error {
			if err := m.remap(unix.MAP_FIXED|unix.MAP_PRIVATE|unix.MAP_ANON, ^uintptr(0)); err != nil {
				return err
			}
			store(&m.count, load(&m.count)+v)
			return nil
		},
		get: count,
	},
	"odd: maps a copy in its place": {
		put: func(m *memory, v uint64) error {
			if err := m.remapFile(unix.MAP_FIXED | unix.MAP_PRIVATE); err != nil {
				return err
			}
			store(&m.count, load(&m.count)+v)
			return nil
		},
		get: count,
	},
	"odd: looks at a copy": { // beside what is shared
		put: func(m *memory, v uint64) error {
			if err := m.remapFile(unix.MAP_PRIVATE); err != nil {
				return err
			}
			atomic.AddUint64(&m.count, v)
			return nil
		},
		get: count,
	},
	"odd: another thread maps nothing in its place": {
		put: func(m *memory, v uint64) error {
			mapped := make(chan error)
			go func() { mapped <- m.remap(unix.MAP_FIXED|unix.MAP_PRIVATE|unix.MAP_ANON, ^uintptr(0)) }()
			return <-mapped
		},
		get: count,
	},
	"odd: maps it again": { // which is followed
		put: func(m *memory, v uint64) error {
			if err := m.remapFile(unix.MAP_FIXED | unix.MAP_SHARED); err != nil {
				return err
			}
			store(&m.count, load(&m.count)+v)
			return nil
		},
		get: count,
	},
}

func (m *memory) page() []byte { return unsafe.Slice((*byte)(unsafe.Pointer(m)), 4096) }

// remap maps a file, or none, over the memory or, without MAP_FIXED, elsewhere.
func (m *memory) remap(flags, fd uintptr) error {
	_, _, errno := unix.Syscall6(unix.SYS_MMAP, uintptr(unsafe.Pointer(m)), 4096, unix.PROT_READ|unix.PROT_WRITE, flags, fd, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// remapFile maps the file that the memory shows.
func (m *memory) remapFile(flags uintptr) error {
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return err
	}
	_, rest, _ := strings.Cut(string(maps), fmt.Sprintf("%x-", uintptr(unsafe.Pointer(m))))
	line, _, _ := strings.Cut(rest, "\n")
	fields := strings.Fields(line)
	f, err := os.OpenFile(fields[len(fields)-1], os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return m.remap(flags, f.Fd())
}
