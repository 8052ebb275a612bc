package sharedmemory

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

func mustMany(t testing.TB, slots, itemMax int, options ...Option) *ManyBuffer {
	t.Helper()
	b, err := CreateManyBuffer(freshName(t), Shape{Slots: slots, ItemMax: itemMax}, options...)
	return attached(t, b, err)
}

func openMany(t testing.TB, name string) *ManyBuffer {
	t.Helper()
	b, err := OpenManyBuffer(name)
	return attached(t, b, err)
}

func TestManyBufferHoldsExactlyItsSlots(t *testing.T) {
	t.Parallel()
	for _, slots := range []int{1, 2, 3, 8, 100} {
		for _, first := range []uint64{0, 1<<32 - 2, 1<<63 - 3, math.MaxUint64 - 1} {
			b := mustMany(t, slots, 4, WithStartIndex(first))
			other := openMany(t, b.Name())
			into := make([]byte, 4)
			for round := range 10 {
				_, err := other.Get(into, Never)
				wantError(t, err, ErrEmpty)
				for i := range slots {
					wantError(t, b.Put([]byte{byte(round), byte(i)}, Never), nil)
				}
				wantError(t, other.Put(nil, Never), ErrFull)
				wantError(t, b.Put(nil, Wait(time.Millisecond)), ErrTimeout)
				for i := range slots {
					n, err := other.Get(into, Forever)
					if err != nil || !bytes.Equal(into[:n], []byte{byte(round), byte(i)}) {
						t.Fatalf("got %v, %v", into[:n], err)
					}
				}
			}
			_, err := b.Get(into, Wait(time.Millisecond))
			wantError(t, err, ErrTimeout)
		}
	}
}

func TestManyBufferBatches(t *testing.T) {
	t.Parallel()
	b := mustMany(t, 5, 3)
	items := [][]byte{[]byte("a"), {}, []byte("ccc"), []byte("dd"), []byte("e"), []byte("f"), []byte("g")}
	if n, err := b.PutBatch(items, Forever); n != 5 || err != nil {
		t.Fatalf("put %d of 5, %v", n, err)
	}
	_, err := b.PutBatch(items, Never)
	wantError(t, err, ErrFull)
	_, err = b.PutBatch([][]byte{nil, []byte("long")}, Never)
	wantError(t, err, ErrTooLarge)
	into := [][]byte{make([]byte, 3), make([]byte, 3), make([]byte, 1), make([]byte, 3)}
	if n, err := b.GetBatch(into, Forever); n != 2 || err != nil || string(into[0]) != "a" || len(into[1]) != 0 {
		t.Fatalf("got %d of 2: %q, %v", n, into, err)
	}
	_, err = b.GetBatch(into[2:], Forever)
	wantError(t, err, ErrTooLarge)
	into[2] = make([]byte, 3)
	if n, err := b.GetBatch(into[2:], Forever); n != 2 || err != nil || string(into[2]) != "ccc" || string(into[3]) != "dd" {
		t.Fatalf("got %d of 2: %q, %v", n, into, err)
	}
}

func TestManyBufferRefuses(t *testing.T) {
	t.Parallel()
	for _, shape := range []Shape{{}, {Slots: -1}, {Slots: 1, ItemMax: -1}, {Slots: math.MaxInt, ItemMax: math.MaxInt}} {
		_, err := CreateManyBuffer(freshName(t), shape)
		wantError(t, err, ErrInvalid)
	}
	_, err := CreateManyBuffer(freshName(t), Shape{Slots: 1 << 30, ItemMax: 1 << 30})
	wantError(t, err, ErrNoSpace)
	b := mustMany(t, 2, 3)
	_, err = OpenBuffer(b.Name())
	wantError(t, err, ErrInvalid)
	wantError(t, b.Put(make([]byte, 4), Never), ErrTooLarge)
	wantError(t, b.Put([]byte("abc"), Never), nil)
	_, err = b.Get(make([]byte, 2), Never)
	wantError(t, err, ErrTooLarge)
	n, err := b.Get(make([]byte, 3), Never)
	if n != 3 || err != nil {
		t.Fatal(n, err)
	}
	wantError(t, b.Detach(), nil)
	for _, err := range []error{b.Detach(), b.Put(nil, Never), b.Close()} {
		wantError(t, err, ErrInvalid)
	}
}

func TestManyBufferCloses(t *testing.T) {
	t.Parallel()
	const n = 3
	full, empty := mustMany(t, 1, 8), mustMany(t, 1, 8)
	wantError(t, full.Put([]byte("x"), Never), nil)
	answers := make(chan error, 2*n)
	for range n {
		producer, consumer := openMany(t, full.Name()), openMany(t, empty.Name())
		go func() { answers <- producer.Put(nil, Forever) }()
		go func() { _, err := consumer.Get(nil, Forever); answers <- err }()
	}
	time.Sleep(20 * time.Millisecond)
	if len(answers) != 0 {
		t.Fatalf("did not block: %v", <-answers)
	}
	wantError(t, full.Close(), nil)
	wantError(t, empty.Close(), nil)
	for range 2 * n {
		wantError(t, <-answers, ErrClosed)
	}
	into := make([]byte, 8)
	if n, err := full.Get(into, Never); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	for _, w := range []Wait{Never, Forever} {
		_, err := full.Get(into, w)
		wantError(t, err, ErrClosed)
		wantError(t, full.Put(nil, w), ErrClosed)
	}
}

// A message of the tests below is the producer and its count.
const messageSize = 16

func message(producer, i int) []byte {
	b := binary.LittleEndian.AppendUint64(make([]byte, 0, messageSize), uint64(producer))
	return binary.LittleEndian.AppendUint64(b, uint64(i))
}

// partManyPut puts numbered messages, in batches of the size of its last
// argument.
func partManyPut(arguments []string) error {
	b, err := OpenManyBuffer(arguments[0])
	if err != nil {
		return err
	}
	producer, _ := strconv.Atoi(arguments[1])
	n, _ := strconv.Atoi(arguments[2])
	batch, _ := strconv.Atoi(arguments[3])
	for i := 0; i < n; {
		var items [][]byte
		for j := i; j < min(n, i+batch); j++ {
			items = append(items, message(producer, j))
		}
		k, err := b.PutBatch(items, Forever)
		if err != nil {
			return err
		}
		i += k
	}
	return b.Detach()
}

// partManyGet gets messages until the buffer is closed, and prints them.
func partManyGet(arguments []string) error {
	b, err := OpenManyBuffer(arguments[0])
	if err != nil {
		return err
	}
	batch, _ := strconv.Atoi(arguments[1])
	into := make([][]byte, batch)
	fmt.Println("ready")
	for {
		for i := range into {
			into[i] = make([]byte, messageSize)
		}
		n, err := b.GetBatch(into, Forever)
		if errors.Is(err, ErrClosed) {
			fmt.Println("end")
			return b.Detach()
		}
		if err != nil {
			return err
		}
		for _, m := range into[:n] {
			fmt.Println(binary.LittleEndian.Uint64(m), binary.LittleEndian.Uint64(m[8:]))
		}
	}
}

// collect reads what a consumer prints until its end or its death.
func collect(p *process, into map[[2]int]int, order map[int]int) error {
	for p.lines.Scan() {
		var producer, i int
		if p.lines.Text() == "end" {
			return nil
		}
		if _, err := fmt.Sscan(p.lines.Text(), &producer, &i); err != nil {
			return fmt.Errorf("consumer printed %q", p.lines.Text())
		}
		into[[2]int{producer, i}]++
		if i <= order[producer] {
			return fmt.Errorf("item %d of producer %d after %d", i, producer, order[producer])
		}
		order[producer] = i
	}
	return nil
}

func TestManyBufferLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	const producers, consumers, n = 3, 3, 3000
	for _, batch := range []int{1, 7} {
		for _, slots := range []int{1, 2, 50} {
			b := mustMany(t, slots, messageSize, WithStartIndex(1<<31-500))
			type result struct {
				got map[[2]int]int
				err error
			}
			results := make(chan result, consumers)
			var readers, writers []*process
			for range consumers {
				p := start(t, "manyget", b.Name(), batch)
				p.expect("ready")
				readers = append(readers, p)
				go func() {
					r := result{got: map[[2]int]int{}}
					r.err = collect(p, r.got, map[int]int{0: -1, 1: -1, 2: -1})
					results <- r
				}()
			}
			for i := range producers {
				writers = append(writers, start(t, "manyput", b.Name(), i, n, batch))
			}
			for _, p := range writers {
				p.finish()
			}
			wantError(t, b.Close(), nil)
			all := map[[2]int]int{}
			for range consumers {
				r := <-results
				if r.err != nil {
					t.Fatal(r.err)
				}
				for k := range r.got {
					all[k] += r.got[k]
				}
			}
			for i := range producers {
				for j := range n {
					if all[[2]int{i, j}] != 1 {
						t.Fatalf("item %d of producer %d came %d times", j, i, all[[2]int{i, j}])
					}
				}
			}
			for _, p := range readers {
				p.finish()
			}
		}
	}
}

// TestManyBufferProducersKilled kills producers at random moments: a prefix of
// the messages of each comes out, whole and without a gap.
func TestManyBufferProducersKilled(t *testing.T) {
	t.Parallel()
	b := mustMany(t, 4, messageSize)
	into := make([]byte, messageSize)
	count := map[uint64]uint64{}
	drain := func() {
		for {
			n, err := b.Get(into, Wait(time.Millisecond))
			if errors.Is(err, ErrTimeout) {
				return
			}
			producer, i := binary.LittleEndian.Uint64(into), binary.LittleEndian.Uint64(into[8:])
			if err != nil || n != messageSize || i != count[producer] {
				t.Fatalf("got item %d of producer %d, expected %d; %v", i, producer, count[producer], err)
			}
			count[producer]++
		}
	}
	for round := range 20 {
		p := start(t, "manyput", b.Name(), 2*round, math.MaxInt, 1)
		q := start(t, "manyput", b.Name(), 2*round+1, 300, 3)
		end := time.Now().Add(time.Duration(5+rand.IntN(10)) * time.Millisecond)
		for time.Now().Before(end) {
			n, err := b.Get(into, Forever)
			producer, i := binary.LittleEndian.Uint64(into), binary.LittleEndian.Uint64(into[8:])
			if err != nil || n != messageSize || i != count[producer] {
				t.Fatalf("got item %d of producer %d, expected %d; %v", i, producer, count[producer], err)
			}
			count[producer]++
		}
		p.kill()
		for count[uint64(2*round+1)] < 300 {
			drain()
		}
		q.finish()
	}
	drain()
}

// TestManyBufferConsumersKilled kills consumers at random moments: each death
// loses or repeats at most the item in transfer.
func TestManyBufferConsumersKilled(t *testing.T) {
	t.Parallel()
	b := mustMany(t, 4, messageSize)
	rounds := 20 * *effort
	got := map[[2]int]int{}
	next := 0
	for range rounds {
		p := start(t, "manyget", b.Name(), 1)
		p.expect("ready")
		printed := make(chan error)
		go func() { printed <- collect(p, got, map[int]int{0: -1}) }()
		first := next
		end := time.Now().Add(time.Duration(rand.IntN(3000)) * time.Microsecond)
		for next == first || time.Now().Before(end) {
			wantError(t, b.Put(message(0, next), Forever), nil)
			next++
		}
		wantError(t, p.command.Process.Kill(), nil)
		wantError(t, <-printed, nil)
		p.kill()
	}
	into := make([]byte, messageSize)
	for {
		if _, err := b.Get(into, Never); err != nil {
			wantError(t, err, ErrEmpty)
			break
		}
		got[[2]int{0, int(binary.LittleEndian.Uint64(into[8:]))}]++
	}
	lost, again := 0, 0
	for i := range next {
		switch n := got[[2]int{0, i}]; {
		case n == 0:
			lost++
		case n > 1:
			again += n - 1
		}
	}
	if lost+again > rounds {
		t.Fatalf("%d items lost and %d repeated by %d deaths", lost, again, rounds)
	}
	t.Logf("%d items, %d deaths: %d lost, %d repeated", next, rounds, lost, again)
}

func TestManyBufferAllocatesNothing(t *testing.T) {
	b := mustMany(t, 2, 64)
	item := make([]byte, 64)
	if n := testing.AllocsPerRun(1000, func() {
		_ = b.Put(item, Forever)
		_ = b.Put(item, Never)
		_ = b.Put(item, Never)
		_, _ = b.Get(item, Forever)
		_, _ = b.Get(item, Never)
		_, _ = b.Get(item, 1)
	}); n != 0 {
		t.Fatalf("%v allocations a round", n)
	}
}
