package explore_test

import (
	"encoding/binary"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/subject"
)

// A toy is a buffer whose put and get do something small to shared memory.
type toy struct {
	put func(m *memory, v uint64) error
	get func(m *memory) (uint64, error)
}

const slots = 4

type memory struct {
	count      uint64
	lock       uint32
	flag, seq  uint32
	head, tail uint32
	in, out    uint32
	used       uint64
	ready      uint64
	data       [3]uint64
	top        uint64
	next       [8]uint64
	item       [slots]uint64
	cell       [slots]struct {
		seq uint32
		_   uint32
		val uint64
	}
}

// toys are the subjects of this package's tests, by name: the wrong ones, and
// right ones of the same kind.
var toys = map[string]toy{
	"wrong: lost update": {
		put: func(m *memory, v uint64) error { store(&m.count, load(&m.count)+v); return nil },
		get: count,
	},
	"wrong: unlocked count": {
		put: func(m *memory, _ uint64) error { m.count++; return nil },
		get: count,
	},
	"wrong: textbook ring": {put: textbookPut, get: textbookGet},
	"wrong: lost wake-up": {
		put: func(m *memory, _ uint64) error { return m.set() },
		get: func(m *memory) (uint64, error) { return m.wait(false) },
	},
	"wrong: early flag": {
		put: func(m *memory, v uint64) error {
			m.data[0], m.ready = v, 1
			m.data[1], m.data[2] = v, v
			return nil
		},
		get: published,
	},
	"wrong: looks once more": {
		put: func(m *memory, _ uint64) error { return m.set() },
		get: func(m *memory) (uint64, error) { return m.waitFor(explore.TimeLimit, true) },
	},
	"wrong: stack without a tag": {
		put: func(m *memory, v uint64) error { return m.push(v, 0) },
		get: func(m *memory) (uint64, error) { return m.pop(0) },
	},

	"right: compare and swap": {
		put: func(m *memory, v uint64) error {
			for {
				if old := atomic.LoadUint64(&m.count); atomic.CompareAndSwapUint64(&m.count, old, old+v) {
					return nil
				}
			}
		},
		get: count,
	},
	"right: futex mutex": {put: locked, get: count},
	"right: spin lock": {
		put: func(m *memory, v uint64) error {
			for !atomic.CompareAndSwapUint32(&m.lock, 0, 1) {
			}
			store(&m.count, load(&m.count)+v)
			atomic.StoreUint32(&m.lock, 0)
			return nil
		},
		get: count,
	},
	"right: ring under a mutex": {
		put: func(m *memory, v uint64) error { m.acquire(); defer m.release(); return textbookPut(m, v) },
		get: func(m *memory) (uint64, error) { m.acquire(); defer m.release(); return textbookGet(m) },
	},
	"right: event": {
		put: func(m *memory, _ uint64) error { return m.set() },
		get: func(m *memory) (uint64, error) { return m.wait(true) },
	},
	"right: gives up": {
		put: func(m *memory, _ uint64) error { return m.set() },
		get: func(m *memory) (uint64, error) { return m.waitFor(explore.TimeLimit, false) },
	},
	"right: flag after the data": {
		put: func(m *memory, v uint64) error {
			m.data[0], m.data[1], m.data[2] = v, v, v
			atomic.StoreUint64(&m.ready, 1)
			return nil
		},
		get: published,
	},
	"right: stack with a tag": {
		put: func(m *memory, v uint64) error { return m.push(v, 1<<32) },
		get: func(m *memory) (uint64, error) { return m.pop(1 << 32) },
	},
	"right: Vyukov's queue": {put: vyukovPut, get: vyukovGet},
	"deep: a flag goes up and down": {
		put: func(m *memory, _ uint64) error {
			atomic.StoreUint32(&m.flag, 1)
			atomic.StoreUint32(&m.flag, 0)
			return nil
		},
		get: func(m *memory) (uint64, error) {
			if up := atomic.LoadUint32(&m.flag); up == 1 && atomic.LoadUint32(&m.flag) == 0 {
				return 1, nil
			}
			return 0, nil
		},
	},
}

//go:noinline
func load(p *uint64) uint64 { return *p }

//go:noinline
func store(p *uint64, v uint64) { *p = v }

func count(m *memory) (uint64, error) { return m.count, nil }

func locked(m *memory, v uint64) error {
	m.acquire()
	store(&m.count, load(&m.count)+v)
	m.release()
	return nil
}

func futex(p *uint32, op, value uintptr) {
	_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(p)), op, value, 0, 0, 0)
}

func (m *memory) acquire() {
	if atomic.CompareAndSwapUint32(&m.lock, 0, 1) {
		return
	}
	for atomic.SwapUint32(&m.lock, 2) != 0 {
		futex(&m.lock, 0, 2)
	}
}

func (m *memory) release() {
	if atomic.SwapUint32(&m.lock, 0) == 2 {
		futex(&m.lock, 1, 1)
	}
}

func (m *memory) set() error {
	atomic.StoreUint32(&m.flag, 1)
	atomic.AddUint32(&m.seq, 1)
	futex(&m.seq, 1, 1<<30)
	return nil
}

// wait waits for set. The right order is to read the sequence number first.
func (m *memory) wait(right bool) (uint64, error) {
	for {
		seq := atomic.LoadUint32(&m.seq)
		if atomic.SwapUint32(&m.flag, 0) != 0 {
			return 1, nil
		}
		if !right {
			seq = atomic.LoadUint32(&m.seq)
		}
		futex(&m.seq, 0, uintptr(seq))
	}
}

// waitFor waits for set, for so long. A waiter that looks once more when its time is up must
// not give up where it has found something.
func (m *memory) waitFor(limit time.Duration, forgets bool) (uint64, error) {
	for end := time.Now().Add(limit); ; {
		seq := atomic.LoadUint32(&m.seq)
		if atomic.SwapUint32(&m.flag, 0) != 0 {
			return 1, nil
		}
		left := time.Until(end)
		if left <= 0 {
			if forgets {
				atomic.StoreUint32(&m.flag, 0)
			}
			return 0, subject.Errorf(subject.Timeout, "")
		}
		timeout := unix.NsecToTimespec(int64(left))
		_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&m.seq)), 0, uintptr(seq), uintptr(unsafe.Pointer(&timeout)), 0, 0)
	}
}

func published(m *memory) (uint64, error) {
	if atomic.LoadUint64(&m.ready) == 0 {
		return 0, subject.Errorf(subject.Empty, "")
	}
	return m.data[0] + m.data[1] + m.data[2], nil
}

func textbookPut(m *memory, v uint64) error {
	if m.used == slots {
		return subject.Errorf(subject.Full, "")
	}
	m.item[m.in] = v
	m.in = (m.in + 1) % slots
	store(&m.used, load(&m.used)+1)
	return nil
}

func textbookGet(m *memory) (uint64, error) {
	if m.used == 0 {
		return 0, subject.Errorf(subject.Empty, "")
	}
	v := m.item[m.out]
	m.out = (m.out + 1) % slots
	store(&m.used, load(&m.used)-1)
	return v, nil
}

// push and pop are Treiber's stack of the nodes 1 to 8, whose word bears a tag
// that counts up by step.
func (m *memory) push(node, step uint64) error {
	for {
		top := atomic.LoadUint64(&m.top)
		atomic.StoreUint64(&m.next[node-1], top&0xffff)
		if atomic.CompareAndSwapUint64(&m.top, top, (top&^0xffff)+step+node) {
			return nil
		}
	}
}

func (m *memory) pop(step uint64) (uint64, error) {
	for {
		top := atomic.LoadUint64(&m.top)
		node := top & 0xffff
		if node == 0 {
			return 0, subject.Errorf(subject.Empty, "")
		}
		next := atomic.LoadUint64(&m.next[node-1])
		if atomic.CompareAndSwapUint64(&m.top, top, (top&^0xffff)+step+next) {
			return node, nil
		}
	}
}

func vyukovPut(m *memory, v uint64) error {
	p := atomic.LoadUint32(&m.tail)
	for {
		d := int32(atomic.LoadUint32(&m.cell[p%slots].seq) - p)
		if d == 0 {
			if atomic.CompareAndSwapUint32(&m.tail, p, p+1) {
				break
			}
		} else if d < 0 {
			return subject.Errorf(subject.Full, "")
		}
		p = atomic.LoadUint32(&m.tail)
	}
	m.cell[p%slots].val = v
	atomic.StoreUint32(&m.cell[p%slots].seq, p+1)
	return nil
}

func vyukovGet(m *memory) (uint64, error) {
	p := atomic.LoadUint32(&m.head)
	for {
		d := int32(atomic.LoadUint32(&m.cell[p%slots].seq) - (p + 1))
		if d == 0 {
			if atomic.CompareAndSwapUint32(&m.head, p, p+1) {
				break
			}
		} else if d < 0 {
			return 0, subject.Errorf(subject.Empty, "")
		}
		p = atomic.LoadUint32(&m.head)
	}
	v := m.cell[p%slots].val
	atomic.StoreUint32(&m.cell[p%slots].seq, p+slots)
	return v, nil
}

func toyNamed(name string) toy {
	if odd, ok := oddToys[name]; ok {
		return odd
	}
	return toys[name]
}

// toySubject hosts a toy.
func toySubject(name string) subject.Subject {
	return subject.Subject{Claims: subject.Claims{Subject: name, Version: "1"}, OneToOne: toyBuffers{toyNamed(name)}}
}

type toyBuffers struct{ toy }

func (b toyBuffers) Create(name string, _ subject.Shape) (subject.Buffer, error) {
	h, err := b.open(name, unix.O_CREAT|unix.O_EXCL)
	if err != nil {
		return nil, err
	}
	for i := range h.m.cell {
		h.m.cell[i].seq = uint32(i)
	}
	return h, nil
}

func (b toyBuffers) Open(name string) (subject.Buffer, error) { return b.open(name, 0) }

func (b toyBuffers) Unlink(name string) error { return os.Remove(toyPath(name)) }

func toyPath(name string) string { return "/dev/shm/" + strings.TrimPrefix(name, "/") }

func (b toyBuffers) open(name string, flags int) (*toyHandle, error) {
	f, err := os.OpenFile(toyPath(name), os.O_RDWR|flags, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := f.Truncate(4096); err != nil {
		return nil, err
	}
	bytes, err := unix.Mmap(int(f.Fd()), 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	return &toyHandle{b.toy, bytes, (*memory)(unsafe.Pointer(&bytes[0]))}, nil
}

type toyHandle struct {
	toy   toy
	bytes []byte
	m     *memory
}

func (h *toyHandle) Put(item []byte, _ subject.Wait) error {
	v := uint64(item[0])
	err := h.toy.put(h.m, v)
	runtime.KeepAlive(h)
	return err
}

func (h *toyHandle) Get(into []byte, _ subject.Wait) (int, error) {
	v, err := h.toy.get(h.m)
	if err != nil {
		return 0, err
	}
	return copy(into, binary.BigEndian.AppendUint64(nil, v)), nil
}

func (h *toyHandle) Detach() error { return unix.Munmap(h.bytes) }
