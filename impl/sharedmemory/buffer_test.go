package sharedmemory

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"
	"time"
)

func mustBuffer(t testing.TB, slots, itemMax int, options ...Option) *Buffer {
	t.Helper()
	b, err := CreateBuffer(freshName(t), Shape{Slots: slots, ItemMax: itemMax}, options...)
	return attached(t, b, err)
}

func mustOpen(t testing.TB, name string) *Buffer {
	t.Helper()
	b, err := OpenBuffer(name)
	return attached(t, b, err)
}

func wantGet(t *testing.T, b *Buffer, w Wait, want []byte) {
	t.Helper()
	into := make([]byte, b.itemMax)
	n, err := b.Get(into, w)
	if err != nil || !bytes.Equal(into[:n], want) {
		t.Fatalf("got %d bytes %.16q, %v; expected %d bytes %.16q", n, into[:n], err, len(want), want)
	}
}

func wantPut(t *testing.T, b *Buffer, w Wait, data []byte) {
	t.Helper()
	if err := b.Put(data, w); err != nil {
		t.Fatal(err)
	}
}

func TestBufferHoldsExactlyItsSlots(t *testing.T) {
	t.Parallel()
	for _, slots := range []int{1, 2, 3, 7, 8, 100} {
		b := mustBuffer(t, slots, 4)
		for round := range 20 {
			into := make([]byte, 4)
			_, err := b.Get(into, Never)
			wantError(t, err, ErrEmpty)
			for i := range slots {
				wantPut(t, b, Never, []byte{byte(round), byte(i)})
			}
			for range 3 {
				wantError(t, b.Put(nil, Never), ErrFull)
			}
			wantError(t, b.Put(nil, Wait(time.Millisecond)), ErrTimeout)
			wantGet(t, b, Never, []byte{byte(round), 0})
			wantPut(t, b, Never, []byte("new"))
			wantError(t, b.Put(nil, Never), ErrFull)
			for i := 1; i < slots; i++ {
				wantGet(t, b, Never, []byte{byte(round), byte(i)})
			}
			wantGet(t, b, Forever, []byte("new"))
		}
	}
}

func TestBufferIndicesWrap(t *testing.T) {
	t.Parallel()
	for _, start := range []uint64{1<<32 - 3, 1<<33 - 1, 1<<63 - 2, math.MaxUint64 - 4} {
		b := mustBuffer(t, 3, 8, WithStartIndex(start))
		into := make([]byte, 8)
		for i := range uint64(20) {
			for j := range uint64(3) {
				wantPut(t, b, Never, binary.LittleEndian.AppendUint64(nil, i+j))
			}
			wantError(t, b.Put(nil, Never), ErrFull)
			for j := range uint64(3) {
				wantGet(t, b, Never, binary.LittleEndian.AppendUint64(nil, i+j))
			}
			_, err := b.Get(into, Never)
			wantError(t, err, ErrEmpty)
		}
	}
}

func TestBufferKeepsContentAndBoundaries(t *testing.T) {
	t.Parallel()
	const itemMax = 200_000
	b := mustBuffer(t, 5, itemMax)
	random := rand.New(rand.NewPCG(1, 2))
	var items [][]byte
	for i := range 300 {
		n := []int{0, 1, 7, 8, 9, 63, 64, 65, 4096, 65536, 65537, itemMax}[i%12]
		item := make([]byte, n)
		for j := range item {
			item[j] = byte(random.Uint32() & 3)
		}
		items = append(items, item)
		wantPut(t, b, Never, item)
		if i%4 == 3 {
			for _, item := range items {
				wantGet(t, b, Never, item)
			}
			items = nil
		}
	}
}

// Every length up to beyond wordsMax arrives whole, from any alignment, and
// leaves the slots beside it alone.
func TestBufferCopiesEveryLength(t *testing.T) {
	t.Parallel()
	const longest = wordsMax + 32
	b := mustBuffer(t, 4, longest)
	source := make([]byte, longest+8)
	for i := range source {
		source[i] = byte(i*7 + 1)
	}
	for n := range longest + 1 {
		before, item, after := source[8:8+longest], source[n%8:n%8+n], source[4:4+longest]
		wantPut(t, b, Never, before)
		wantPut(t, b, Never, item)
		wantPut(t, b, Never, after)
		for _, want := range [][]byte{before, item, after} {
			wantGet(t, b, Never, want)
		}
	}
}

// A consumer that keeps pace with its producer finds out that it is in a stream,
// and that it is not where items come one by one.
func TestConsumerLooksForAStream(t *testing.T) {
	t.Parallel()
	b := mustBuffer(t, 64, 8)
	item := make([]byte, 8)
	for range sampleLeast + sampleMost {
		wantPut(t, b, Never, item)
		wantGet(t, b, Never, item)
	}
	if c := &b.consumer; c.streaming || c.patience <= sampleLeast {
		t.Errorf("after single items: streaming is %v, the next check after %d items; want false and more than %d", c.streaming, c.patience, sampleLeast)
	}
	b.consumer.patience = sampleLeast
	for range sampleLeast + 2 { // one item is always waiting
		wantPut(t, b, Never, item)
		wantPut(t, b, Never, item)
		wantGet(t, b, Never, item)
		if b.consumer.streaming {
			break
		}
		wantGet(t, b, Never, item)
	}
	if c := &b.consumer; !c.streaming || c.patience != sampleLeast {
		t.Errorf("after items in pairs: streaming is %v, the next check after %d items; want true and %d", c.streaming, c.patience, sampleLeast)
	}
}

func TestBufferRefusesShapes(t *testing.T) {
	t.Parallel()
	for _, shape := range []Shape{{Slots: 0}, {Slots: -1}, {Slots: 1, ItemMax: -1}, {Slots: math.MaxInt, ItemMax: math.MaxInt},
		{Slots: 1<<30 + 1, ItemMax: 1}, {Slots: 1 << 32, ItemMax: 1 << 32}, {Slots: 1, ItemMax: math.MaxInt}} {
		name := freshName(t)
		_, err := CreateBuffer(name, shape)
		wantError(t, err, ErrInvalid)
		_, err = OpenBuffer(name)
		wantError(t, err, ErrNotExist)
	}
	name := freshName(t)
	_, err := CreateBuffer(name, Shape{Slots: 1 << 30, ItemMax: 1 << 30})
	wantError(t, err, ErrNoSpace)
	_, err = OpenBuffer(name)
	wantError(t, err, ErrNotExist)
	region := freshName(t)
	mustCreate(t, region, 8192)
	_, err = OpenBuffer(region)
	wantError(t, err, ErrInvalid)
	b := mustBuffer(t, 1, 1)
	_, err = Open(b.Name())
	wantError(t, err, ErrInvalid)
	_, err = CreateBuffer(b.Name(), Shape{Slots: 1, ItemMax: 1})
	wantError(t, err, ErrExist)
}

func TestBufferManySlots(t *testing.T) {
	t.Parallel()
	b := mustBuffer(t, 1<<20, 8)
	for i := range 1 << 20 {
		wantPut(t, b, Never, binary.LittleEndian.AppendUint64(nil, uint64(i)))
	}
	wantError(t, b.Put(nil, Never), ErrFull)
	into := make([]byte, 8)
	for i := range 1 << 20 {
		if _, err := b.Get(into, Never); err != nil || binary.LittleEndian.Uint64(into) != uint64(i) {
			t.Fatalf("item %d: %v, %v", i, into, err)
		}
	}
}

func TestBufferOversizeIsRefusedUnharmed(t *testing.T) {
	t.Parallel()
	b := mustBuffer(t, 2, 10)
	wantPut(t, b, Never, []byte("0123456789"))
	wantError(t, b.Put(make([]byte, 11), Never), ErrTooLarge)
	_, err := b.Get(make([]byte, 9), Never)
	wantError(t, err, ErrTooLarge)
	wantGet(t, b, Never, []byte("0123456789"))
}

func TestBufferRolesAreExclusive(t *testing.T) {
	t.Parallel()
	a := mustBuffer(t, 4, 8)
	b := mustOpen(t, a.Name())
	wantPut(t, a, Never, []byte("a"))
	err := b.Put(nil, Never)
	wantError(t, err, ErrInvalid)
	wantGet(t, b, Never, []byte("a"))
	_, err = a.Get(make([]byte, 8), Never)
	wantError(t, err, ErrInvalid)
	if err := a.Detach(); err != nil {
		t.Fatal(err)
	}
	wantError(t, a.Detach(), ErrInvalid)
	wantError(t, a.Put(nil, Never), ErrInvalid)
	_, err = a.Get(nil, Never)
	wantError(t, err, ErrInvalid)
	wantError(t, a.Close(), ErrInvalid)
	wantPut(t, b, Never, []byte("b"))
	wantGet(t, b, Never, []byte("b"))
}

func TestBufferDrainsAfterClose(t *testing.T) {
	t.Parallel()
	a := mustBuffer(t, 4, 8)
	b := mustOpen(t, a.Name())
	wantPut(t, a, Never, []byte("1"))
	wantPut(t, a, Never, []byte("2"))
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	wantError(t, a.Put([]byte("3"), Forever), ErrClosed)
	wantError(t, a.Put([]byte("3"), Never), ErrClosed)
	wantGet(t, b, Forever, []byte("1"))
	wantGet(t, b, Never, []byte("2"))
	for _, w := range []Wait{Never, Forever, Wait(time.Hour)} {
		_, err := b.Get(make([]byte, 8), w)
		wantError(t, err, ErrClosed)
	}
	if err := b.Detach(); err != nil {
		t.Fatal(err)
	}
	_, err := mustOpen(t, a.Name()).Get(nil, Forever)
	wantError(t, err, ErrClosed)
}

func TestBufferCloseReleasesBlocked(t *testing.T) {
	t.Parallel()
	full := mustBuffer(t, 1, 8)
	wantPut(t, full, Never, nil)
	empty := mustBuffer(t, 1, 8)
	answers := make(chan error, 2)
	go func() { answers <- full.Put(nil, Forever) }()
	go func() { _, err := empty.Get(make([]byte, 8), Forever); answers <- err }()
	time.Sleep(20 * time.Millisecond)
	select {
	case err := <-answers:
		t.Fatalf("did not block: %v", err)
	default:
	}
	if err := errors.Join(full.Close(), empty.Close()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		wantError(t, <-answers, ErrClosed)
	}
}

// TestBufferCloseIsSettled closes while producer and consumer are busy: the
// items that Put accepted come out, those that it refused do not.
func TestBufferCloseIsSettled(t *testing.T) {
	t.Parallel()
	for i := range 1000 * *effort {
		first := []uint64{0, 1<<32 - 10, 1<<63 - 10, math.MaxUint64 - 10}[i%4]
		b, err := CreateBuffer(freshName(t), Shape{Slots: 1 + i%5, ItemMax: 8}, WithStartIndex(first))
		if err != nil {
			t.Fatal(err)
		}
		accepted := make(chan int)
		go func() {
			n := 0
			for b.Put(nil, Forever) == nil {
				n++
			}
			accepted <- n
		}()
		got := make(chan int)
		go func() {
			n, into := 0, make([]byte, 8)
			for {
				if _, err := b.Get(into, Forever); err != nil {
					got <- n
					return
				}
				n++
			}
		}()
		time.Sleep(time.Duration(i%50) * time.Microsecond)
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if in, out := <-accepted, <-got; in != out {
			t.Fatalf("run %d: %d items accepted, %d came out", i, in, out)
		}
		if err := errors.Join(UnlinkBuffer(b.Name()), b.Detach()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBufferTimesOutNotEarly(t *testing.T) {
	t.Parallel()
	b := mustBuffer(t, 1, 8)
	const limit = 150 * time.Millisecond // longer than one sleep
	start := time.Now()
	_, err := b.Get(make([]byte, 8), Wait(limit))
	wantError(t, err, ErrTimeout)
	if d := time.Since(start); d < limit {
		t.Fatalf("gave up after %v of %v", d, limit)
	}
	wantPut(t, b, Wait(limit), nil)
	start = time.Now()
	wantError(t, b.Put(nil, Wait(limit)), ErrTimeout)
	if d := time.Since(start); d < limit {
		t.Fatalf("gave up after %v of %v", d, limit)
	}
	wantGet(t, b, Wait(math.MaxInt64), nil)
}

// sequence is the content of the item of a number, of varying length.
func sequence(into []byte, number uint64) []byte {
	into = binary.LittleEndian.AppendUint64(into[:0], number)
	for range number % 24 {
		into = append(into, byte(number))
	}
	return into
}

const sequenceMax = 8 + 23

// partPut puts the numbers from its second argument up to its third.
func partPut(arguments []string) error {
	b, err := OpenBuffer(arguments[0])
	if err != nil {
		return err
	}
	from, _ := strconv.ParseUint(arguments[1], 10, 64)
	to, _ := strconv.ParseUint(arguments[2], 10, 64)
	fmt.Println("ready")
	item := make([]byte, 0, sequenceMax)
	for i := from; i < to; i++ {
		if err := b.Put(sequence(item, i), Forever); err != nil {
			return err
		}
	}
	fmt.Println("done")
	return b.Detach()
}

// partGet gets items, checks that they are numbered without a gap from its
// second argument on, and stops before the number of its third or at the end.
func partGet(arguments []string) error {
	b, err := OpenBuffer(arguments[0])
	if err != nil {
		return err
	}
	from, _ := strconv.ParseUint(arguments[1], 10, 64)
	to, _ := strconv.ParseUint(arguments[2], 10, 64)
	fmt.Println("ready")
	into, want := make([]byte, sequenceMax), make([]byte, 0, sequenceMax)
	for i := from; i < to; i++ {
		n, err := b.Get(into, Forever)
		if errors.Is(err, ErrClosed) {
			break
		}
		if err != nil {
			return err
		}
		if want = sequence(want, i); !bytes.Equal(into[:n], want) {
			return fmt.Errorf("got %x, expected %x", into[:n], want)
		}
	}
	fmt.Println("done")
	return b.Detach()
}

func TestBufferBetweenProcesses(t *testing.T) {
	t.Parallel()
	for _, slots := range []int{1, 2, 3, 64, 1000} {
		for _, consumerFirst := range []bool{false, true} {
			b := mustBuffer(t, slots, sequenceMax, WithStartIndex(1<<32-500))
			n := 5_000 * *effort
			order := []string{"put", "get"}
			if consumerFirst {
				order[0], order[1] = order[1], order[0]
			}
			first := start(t, order[0], b.Name(), 0, n)
			first.expect("ready")
			second := start(t, order[1], b.Name(), 0, n)
			first.finish()
			second.expect("ready")
			second.finish()
		}
	}
}

func TestBufferAllocatesNothing(t *testing.T) {
	b := mustBuffer(t, 2, 64)
	item := make([]byte, 64)
	wantPut(t, b, Never, item)
	wantGet(t, b, Never, item)
	if n := testing.AllocsPerRun(1000, func() {
		_ = b.Put(item, Forever)
		_ = b.Put(item, Forever)
		_ = b.Put(item, Never)
		_, _ = b.Get(item, Forever)
		_, _ = b.Get(item, Forever)
		_, _ = b.Get(item, Never)
		_, _ = b.Get(item, 1)
	}); n != 0 {
		t.Fatalf("%v allocations a round", n)
	}
	runtime.KeepAlive(b)
}
