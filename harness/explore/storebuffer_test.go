package explore_test

import (
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/world"
)

// The toys of testdata/storebuffers/toys.c, by their numbers there.
const (
	peterson = iota + 1
	petersonFenced
	dekker
	dekkerLocked
	wake
	wakeFenced
	behindCall
	forwarded
	inOrder
	spinLock
	petersonExchanged
	updated
	fencedBehind
)

var bufferToys = []struct {
	name  string
	toy   int64
	wrong bool
	spins bool
}{
	{"Peterson", peterson, true, true},
	{"Peterson with a fence", petersonFenced, false, true},
	{"Peterson with an exchange", petersonExchanged, false, true},
	{"Dekker", dekker, true, false},
	{"Dekker with an exchange", dekkerLocked, false, false},
	{"Dekker with a system call between", behindCall, false, false},
	{"Dekker by unlocked updates", updated, true, false},
	{"Dekker with a fence behind", fencedBehind, true, false},
	{"wake", wake, true, false},
	{"wake with a fence", wakeFenced, false, false},
	{"a load of what was stored", forwarded, false, false},
	{"stores in order", inOrder, false, false},
	{"spin lock that is released by a plain store", spinLock, false, true},
}

func bufferCase(w *world.World, toy int64) explore.Scenario {
	s := scenario(w, nil, ops{put(1)}, ops{put(1)}, nil)
	switch toy {
	case wake, wakeFenced, inOrder:
		s = scenario(w, nil, ops{put(1)}, ops{get()}, nil)
	case peterson, petersonFenced, petersonExchanged, spinLock:
		s = scenario(w, nil, ops{put(1)}, ops{put(1)}, ops{get()})
	}
	s.Setup[0].Request.Capacity = &toy
	s.Relaxed = toy == dekkerLocked || toy == behindCall || toy == dekker || toy == updated || toy == fencedBehind
	s.StoreBuffers = true
	return s
}

func examineBuffers(t *testing.T, times int) {
	e, w := start(t, cToys(t, "testdata/storebuffers"))
	for _, x := range bufferToys {
		times := times
		if !x.wrong && x.spins {
			times = min(times, 3) // each takes a third of a second
		}
		t.Run(x.name, func(t *testing.T) { exploreOften(t, e, bufferCase(w, x.toy), x.wrong, times) })
	}
}

// What breaks only because a load overtakes a store is found, always by the same
// interleaving; with a fence it is right.
func TestStoreBuffers(t *testing.T) { examineBuffers(t, repetitions) }

func TestStoreBuffersOnALoadedMachine(t *testing.T) {
	busy(t)
	examineBuffers(t, 2)
}

// Where memory is taken to be sequentially consistent, nothing is wrong.
func TestWithoutStoreBuffers(t *testing.T) {
	e, w := start(t, cToys(t, "testdata/storebuffers"))
	for _, x := range bufferToys {
		s := bufferCase(w, x.toy)
		s.StoreBuffers = false
		exploreOften(t, e, s, false, 1)
	}
}

// The picture says what is missing.
func TestStoreBufferExplained(t *testing.T) {
	e, w := start(t, cToys(t, "testdata/storebuffers"))
	r, err := e.Explore(within(t), bufferCase(w, peterson))
	if err != nil || r.Violation == nil {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, said := range []string{"into the store buffer", "overtake the stores to", "a fence is missing", "the store buffer is emptied"} {
		if text := r.Violation.Text(); !strings.Contains(text, said) {
			t.Errorf("%q is not said:\n%s", said, text)
		}
	}
}
