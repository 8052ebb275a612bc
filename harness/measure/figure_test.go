package measure

import (
	"math"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/subject"
)

// A figure is compared with that of the same profile, else of one like it that moves
// messages of the size.
func TestOfSubject(t *testing.T) {
	item := subject.Item{Min: 16, Max: 4096}
	link := subject.Claims{Profiles: subject.Profiles{Link: &subject.LinkProfile{Item: item}}}
	both := subject.Claims{Profiles: subject.Profiles{
		Link: &subject.LinkProfile{Item: item}, Many: &subject.BufferProfile{Item: subject.Item{Max: 1 << 20}}, Word: &subject.WordProfile{},
		Region: &subject.RegionProfile{},
	}}
	lock := subject.Claims{Profiles: subject.Profiles{Lock: &subject.LockProfile{Waiting: "spin"}}}
	for _, x := range []struct {
		name  string
		claim subject.Claims
		f     Figure
		of    string // "": nothing fits
		size  int64
	}{
		{"another that moves", link, Figure{Of: subject.ProfileOneToOne, Size: 64}, subject.ProfileLink, 64},
		{"too large", link, Figure{Of: subject.ProfileOneToOne, Size: 8192}, "", 0},
		{"too large for the first", both, Figure{Of: subject.ProfileOneToOne, Size: 8192}, subject.ProfileMany, 8192},
		{"the same", both, Figure{Of: subject.ProfileMany, Size: 64}, subject.ProfileMany, 64},
		{"what moves none is answered by the smallest", link, Figure{Of: subject.ProfileSemaphore}, subject.ProfileLink, 16},
		{"one that moves none, before", both, Figure{Of: subject.ProfileSemaphore}, subject.ProfileWord, 0},
		{"a lock has no round trip", lock, Figure{What: RoundTrip, Of: subject.ProfileOneToOne, Size: 64}, "", 0},
		{"a lock is no message", link, Figure{What: OneWay, Of: subject.ProfileLock}, "", 0},
		{"a lock is taken", lock, Figure{What: OneWay, Of: subject.ProfileLock}, subject.ProfileLock, 0},
	} {
		g, ok := x.f.OfSubject(x.claim)
		if ok != (x.of != "") || ok && (g.Of != x.of || g.Size != x.size) {
			t.Errorf("%s: %v, %v; want %q of %d bytes", x.name, g, ok, x.of, x.size)
		}
	}
	if f := (Figure{What: OneWay, Of: subject.ProfileLock}); !f.Spins(lock) {
		t.Error("a lock that spins does not")
	}
	if f := (Figure{Of: subject.ProfileLink}); f.Spins(link) {
		t.Error("a link that sleeps spins")
	}
}

// One that times its steps is worth its lowest window; of several at the same time
// the middle one counts, and all together do more.
func TestCost(t *testing.T) {
	batches := []time.Duration{900, 100, 300, 200, 400}
	for _, x := range []struct {
		timed        [][]time.Duration
		batch, group int64
		want         float64
	}{
		{[][]time.Duration{batches}, 10, 1, 10},
		{[][]time.Duration{batches}, 10, 2, 20}, // 100 + 300
		{[][]time.Duration{batches}, 10, 5, 38},
		{[][]time.Duration{batches, batches}, 10, 1, 15}, // 300 each
	} {
		if got := (Figure{}).cost(x.timed, x.batch, x.group); math.Abs(got-x.want) > 1e-9 {
			t.Errorf("windows of %d of %d: %v ns a step, want %v", x.group, len(x.timed), got, x.want)
		}
	}
}

// A batch becomes long enough for the fastest moment, and not shorter after a bad one.
func TestBatchesGrow(t *testing.T) {
	x := found{}.with(10_000)
	if x.steps != 100 {
		t.Errorf("steps of 10 µs: %d fill a batch, want 100", x.steps)
	}
	if x = x.with(100); x.steps != 10_000 {
		t.Errorf("steps of 100 ns: %d fill a batch, want 10000", x.steps)
	}
	if x = x.with(50_000); x.steps != 10_000 {
		t.Errorf("after a bad moment %d fill a batch", x.steps)
	}
	if x = (found{}).with(0.1); x.steps != batchLength.Nanoseconds() {
		t.Errorf("steps shorter than the clock shows: %d fill a batch", x.steps)
	}
	if x = (found{}).with(1e9); x.steps != 1 {
		t.Errorf("steps of a second: %d fill a batch", x.steps)
	}
}

// A promise from a size on holds where each size passes, and falls by all that speaks
// against any.
func TestDownwards(t *testing.T) {
	of := func(ups, downs int) *Evidence {
		e := NewEvidence(1)
		for range ups {
			e.Add(1, 2)
		}
		for range downs {
			e.Add(2, 1)
		}
		return e
	}
	for _, x := range []struct {
		name string
		all  []*Evidence
		want Decision
	}{
		{"all pass", []*Evidence{of(9, 0), of(12, 0), of(9, 0)}, Pass},
		{"the smallest is open", []*Evidence{of(8, 0), of(9, 0), of(9, 0)}, Open},
		{"the largest is open", []*Evidence{of(20, 0), of(20, 0), of(5, 3)}, Open},
		{"one fails", []*Evidence{of(20, 0), of(0, 20), of(20, 0)}, Fail},
		{"one has not failed enough for three", []*Evidence{of(20, 0), of(0, 13), of(20, 0)}, Open},
		{"all fail a little", []*Evidence{of(0, 13), of(0, 13), of(0, 13)}, Fail},
	} {
		if got := Downwards(x.all); got != x.want {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
	}
}
