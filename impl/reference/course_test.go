package reference_test

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A course is one measured movement between two processes that are pinned to a
// processor each. Both sides run the same courses in the same order.
type course struct {
	name  string
	count int // operations in a batch, which takes about a millisecond
	bytes int // of an item
	// first and second are the two sides of a batch of n operations that begins
	// with item from. first is timed, until second has confirmed the batch.
	first, second func(from, n int)
}

// common is the memory that both sides share beside what is measured. What the
// two write lies on different pairs of cache lines.
type common struct {
	line   uint64 // both write it
	_      [120]byte
	there  uint64
	_      [120]byte
	back   uint64
	_      [120]byte
	ready  [2]atomic.Uint64 // the sides' barrier
	_      [112]byte
	done   uint64 // the last item of the last batch
	_      [120]byte
	took   atomic.Int64 // ns, of a read that the second side times
	_      [120]byte
	spoilt atomic.Uint64 // items that arrived wrong
	_      [120]byte
	block  [blockBytes]byte
}

const blockBytes = 1 << 20

// set is the cheapest store that another processor sees. The limits are of the
// machine, so they do without the barrier of sync/atomic's.
//
//go:noinline
func set(p *uint64, v uint64) { *p = v }

func await(p *uint64, v uint64) {
	for atomic.LoadUint64(p) != v {
	}
}

// side runs all courses, as the first or the second side.
func (c *common) side(second bool, courses []course, order []int, batches int) map[string]float64 {
	best := make(map[string]float64)
	for turn, at := range order {
		x := courses[at]
		me, other := 0, 1
		if second {
			me, other = 1, 0
		}
		c.ready[me].Store(uint64(turn + 1))
		for c.ready[other].Load() < uint64(turn+1) {
			runtime.Gosched()
		}
		for batch := range batches {
			from := (turn*batches + batch + 1) << 32
			if second {
				x.second(from, x.count)
				set(&c.done, uint64(from))
				continue
			}
			c.took.Store(0)
			begin := time.Now()
			x.first(from, x.count)
			await(&c.done, uint64(from))
			took := time.Since(begin)
			if own := c.took.Load(); own != 0 {
				took = time.Duration(own)
			}
			cost := float64(took) / float64(x.count)
			if was, ok := best[x.name]; !ok || cost < was {
				best[x.name] = cost
			}
		}
	}
	return best
}

// mark writes an item's number to its beginning and its end.
func mark(item []byte, number int) {
	binary.LittleEndian.PutUint64(item, uint64(number))
	binary.LittleEndian.PutUint64(item[len(item)-8:], uint64(number))
}

// check counts an item that is not the one of a number.
func (c *common) check(item []byte, size, number int) {
	if len(item) != size || binary.LittleEndian.Uint64(item) != uint64(number) || binary.LittleEndian.Uint64(item[size-8:]) != uint64(number) {
		c.spoilt.Add(1)
	}
}

// lines is a round trip of a number between two caches, in one line, or in one
// for each direction.
func (c *common) lines(name string, there, back *uint64) course {
	return course{name: name, count: 2000,
		first: func(from, n int) {
			for i := 1; i <= n; i++ {
				set(there, uint64(from+2*i))
				await(back, uint64(from+2*i+1))
			}
		},
		second: func(from, n int) {
			for i := 1; i <= n; i++ {
				await(there, uint64(from+2*i))
				set(back, uint64(from+2*i+1))
			}
		}}
}

// read is a read of what another processor has just written. Only the read is
// timed.
func (c *common) read() course {
	private := make([]byte, 64<<10)
	return course{name: "limit.read", count: 16, bytes: len(private),
		first: func(from, n int) {
			for at := 0; at < len(c.block); at += 8 {
				binary.LittleEndian.PutUint64(c.block[at:], uint64(from))
			}
			set(&c.there, uint64(from))
		},
		second: func(from, n int) {
			await(&c.there, uint64(from))
			begin := time.Now()
			for at := 0; at < len(c.block); at += len(private) {
				copy(private, c.block[at:])
			}
			c.took.Store(int64(time.Since(begin)))
			c.check(private, len(private), from)
		}}
}

type transfer struct {
	put func(item []byte) error
	get func(into []byte) (int, error)
}

// must ends a side that cannot go on.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// trip is a round trip of an item.
func (c *common) trip(name string, size, count int, there, back transfer) course {
	item, into := make([]byte, size), make([]byte, size)
	return course{name: name, count: count, bytes: size,
		first: func(from, n int) {
			for i := range n {
				mark(item, from+i)
				must(there.put(item))
				got, err := back.get(into)
				must(err)
				c.check(into[:got], size, from+i)
			}
		},
		second: func(from, n int) {
			for range n {
				got, err := there.get(into)
				must(err)
				must(back.put(into[:got]))
			}
		}}
}

// stream is a stream of items in one direction.
func (c *common) stream(name string, size, count int, t transfer, flush func() error) course {
	item, into := make([]byte, size), make([]byte, size)
	return course{name: name, count: count, bytes: size,
		first: func(from, n int) {
			for i := range n {
				mark(item, from+i)
				must(t.put(item))
			}
			if flush != nil {
				must(flush())
			}
		},
		second: func(from, n int) {
			for i := range n {
				got, err := t.get(into)
				must(err)
				c.check(into[:got], size, from+i)
			}
		}}
}

// descriptors is a pair of a descriptor for writing and one for reading, used
// without the runtime, as a C program uses them.
func descriptors(out, in int) transfer {
	call := func(number uintptr, fd int, b []byte) (int, error) {
		for {
			n, _, errno := unix.RawSyscall(number, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)))
			if errno == 0 {
				return int(n), nil
			}
			if errno != unix.EINTR {
				return 0, errno
			}
		}
	}
	whole := func(number uintptr, fd int, b []byte) (int, error) {
		for at := 0; at < len(b); {
			n, err := call(number, fd, b[at:])
			if err != nil || n == 0 {
				return at, fmt.Errorf("%d of %d bytes: %w", at, len(b), err)
			}
			at += n
		}
		return len(b), nil
	}
	return transfer{
		put: func(item []byte) error { _, err := whole(unix.SYS_WRITE, out, item); return err },
		get: func(into []byte) (int, error) { return whole(unix.SYS_READ, in, into) },
	}
}
