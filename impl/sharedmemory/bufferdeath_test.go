package sharedmemory

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// partSleeper takes the role that its second argument names, and blocks.
func partSleeper(arguments []string) error {
	b, err := OpenBuffer(arguments[0])
	if err != nil {
		return err
	}
	switch arguments[1] {
	case "producer":
		err = b.Put([]byte("last"), Never)
	case "consumer":
		_, err = b.Get(make([]byte, 8), Never)
	}
	if err != nil && !errors.Is(err, ErrEmpty) {
		return err
	}
	fmt.Println("has the role")
	waitForOrder()
	return nil
}

func TestBufferReportsDeadProducerAfterItsItems(t *testing.T) {
	t.Parallel()
	b := mustBuffer(t, 4, 8)
	p := start(t, "sleeper", b.Name(), "producer")
	p.expect("has the role")
	err := b.Put(nil, Never)
	wantError(t, err, ErrInvalid)
	if want := fmt.Sprintf("process %d", p.command.Process.Pid); !bytes.Contains([]byte(err.Error()), []byte(want)) {
		t.Fatalf("%v: does not name %s", err, want)
	}
	answer := make(chan error, 1)
	wantGet(t, b, Forever, []byte("last"))
	go func() { _, err := b.Get(make([]byte, 8), Forever); answer <- err }()
	time.Sleep(150 * time.Millisecond)
	select {
	case err := <-answer:
		t.Fatalf("get returned %v while the producer lives", err)
	default:
	}
	p.kill()
	wantError(t, <-answer, ErrPeerDead)
	_, err = b.Get(make([]byte, 8), Never)
	wantError(t, err, ErrEmpty)
	start(t, "sleeper", b.Name(), "producer").expect("has the role")
	wantGet(t, b, Forever, []byte("last"))
}

func TestBufferReportsDeadConsumer(t *testing.T) {
	t.Parallel()
	b := mustBuffer(t, 1, 8)
	p := start(t, "sleeper", b.Name(), "consumer")
	p.expect("has the role")
	wantPut(t, b, Forever, nil)
	p.kill()
	wantError(t, b.Put(nil, Forever), ErrPeerDead)
	wantError(t, b.Put(nil, Never), ErrFull)
	wantGet(t, b, Forever, nil) // this process becomes the consumer
	wantPut(t, b, Forever, nil)
}

func TestBufferWaitsForReplacementOfDetached(t *testing.T) {
	t.Parallel()
	b := mustBuffer(t, 4, 8)
	other := mustOpen(t, b.Name())
	wantPut(t, other, Never, nil)
	if err := other.Detach(); err != nil {
		t.Fatal(err)
	}
	wantGet(t, b, Forever, nil)
	_, err := b.Get(nil, Wait(250*time.Millisecond))
	wantError(t, err, ErrTimeout)
}

// deaths is how many processes each of the tests below kills.
func deaths() int { return 40 * *effort }

func randomMoment() time.Time {
	return time.Now().Add(time.Duration(rand.IntN(3000)) * time.Microsecond)
}

// TestBufferProducerKilled kills the producer at random moments. The next one
// starts with the number after the last that came out, and may put only the item
// in transfer again.
func TestBufferProducerKilled(t *testing.T) {
	t.Parallel()
	b := mustBuffer(t, 5, sequenceMax)
	into, want := make([]byte, sequenceMax), make([]byte, 0, sequenceMax)
	next := uint64(0)
	for range deaths() {
		p := start(t, "put", b.Name(), next, uint64(math.MaxUint64))
		p.expect("ready")
		first, moment := next, time.Time{}
		for killed := false; ; {
			if next == first+1 { // it is running
				moment = randomMoment()
			}
			if !killed && next > first && time.Now().After(moment) {
				p.kill()
				killed = true
			}
			n, err := b.Get(into, Forever)
			if errors.Is(err, ErrPeerDead) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if want = sequence(want, next); !bytes.Equal(into[:n], want) {
				t.Fatalf("got %x, expected %x", into[:n], want)
			}
			next++
		}
	}
	t.Logf("%d items, %d deaths", next, deaths())
}

// TestBufferConsumerKilled kills the consumer at random moments. The items
// inside are the last ones put, each once and whole.
func TestBufferConsumerKilled(t *testing.T) {
	t.Parallel()
	b := mustBuffer(t, 5, sequenceMax)
	item := make([]byte, 0, sequenceMax)
	next := uint64(0)
	for range deaths() {
		p := start(t, "get", b.Name(), next, uint64(math.MaxUint64))
		p.expect("ready")
		first, moment := next, time.Time{}
		for killed := false; ; {
			if next == first+6 { // it is running: five items fit without it
				moment = randomMoment()
			}
			if !killed && next > first+5 && time.Now().After(moment) {
				p.kill()
				killed = true
			}
			err := b.Put(sequence(item, next), Forever)
			if errors.Is(err, ErrPeerDead) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			next++
		}
		// The items inside are the last ones put, each once.
		into := make([]byte, sequenceMax)
		for i := next - 5; i < next; i++ {
			n, err := b.Get(into, Never)
			if err != nil {
				t.Fatal(err)
			}
			if want := sequence(nil, i); !bytes.Equal(into[:n], want) {
				t.Fatalf("item %d left inside is %x", binary.LittleEndian.Uint64(into), into[:n])
			}
		}
		b.giveUpRole(&b.consumer.role)
	}
	t.Logf("%d items, %d deaths", next, deaths())
}
