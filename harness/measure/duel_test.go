package measure

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// host is a pretended one: slots take a second of its time, and the cost of each
// depends on what was measured before it in the round and on the processors.
type host struct {
	rand       *rand.Rand
	clock      time.Time
	slots      []string // in the order in which they were measured
	processors [][]int
	later      float64 // how many times as long the later slots of a round take
	fail       func(n int) error
}

func newHost(seed uint64) *host { return &host{rand: rand.New(rand.NewPCG(seed, 1)), later: 1} }

// slot is one of a contestant whose cost is that, with noise of 10%.
func (m *host) slot(name string, cost float64) Slot {
	return func(_ context.Context, processors []int) ([]float64, error) {
		if m.fail != nil {
			if err := m.fail(len(m.slots)); err != nil {
				return nil, err
			}
		}
		c := cost * math.Exp(0.1*m.rand.NormFloat64())
		if len(m.slots)%3 > 0 {
			c *= m.later
		}
		m.slots = append(m.slots, name)
		m.processors = append(m.processors, processors)
		m.clock = m.clock.Add(time.Second)
		return []float64{c}, nil
	}
}

func (m *host) duel(promised, subject, baseline float64) Duel {
	return Duel{
		Ratios: []float64{promised}, Subject: m.slot("subject", subject), Baseline: m.slot("baseline", baseline),
		Processors: []int{4, 7}, Rand: m.rand, Now: func() time.Time { return m.clock },
	}
}

// Each order of the slots and of the processors comes about equally often, and both
// processors are the same for all slots of a round.
func TestRoundsAreRandom(t *testing.T) {
	m := newHost(1)
	d := m.duel(1, 1, 1)
	d.Rounds = 600
	lineup := Lineup{Slots: []Slot{m.slot("a", 1), m.slot("b", 1), m.slot("c", 1)}, Processors: []int{4, 7}, Rand: m.rand}
	for range d.Rounds {
		if _, err := lineup.Round(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	orders, places := map[string]int{}, map[int]int{}
	for i := 0; i < len(m.slots); i += 3 {
		orders[strings.Join(m.slots[i:i+3], "")]++
		places[m.processors[i][0]]++
		if !slices.Equal(m.processors[i], m.processors[i+1]) || !slices.Equal(m.processors[i], m.processors[i+2]) {
			t.Fatalf("round %d had the processors %v", i/3, m.processors[i:i+3])
		}
	}
	for order, n := range orders {
		if n < 60 || n > 150 {
			t.Errorf("order %s came %d times of 600, about 100 are due", order, n)
		}
	}
	if len(orders) != 6 || places[4] < 240 || places[7] < 240 {
		t.Errorf("%d orders, want 6; the first process was on processor 4 in %d rounds and on 7 in %d", len(orders), places[4], places[7])
	}
}

func TestDuel(t *testing.T) {
	for _, x := range []struct {
		name            string
		promised, ratio float64
		want            Decision
		least, most     int // rounds
	}{
		{"kept", 1, 2, Pass, 9, 12},
		{"broken", 2, 1, Fail, 13, 20},
		{"exactly", 1, 1, Open, 120, 120},
	} {
		t.Run(x.name, func(t *testing.T) {
			o, err := newHost(3).duel(x.promised, 1, x.ratio).Run(context.Background())
			if n := len(o.Figures[0].Rounds); err != nil || o.Decision != x.want || n < x.least || n > x.most {
				t.Errorf("%v after %d rounds (%s), %v; want %v after %d to %d", o.Decision, n, o.Why, err, x.want, x.least, x.most)
			}
			if (o.Why == "") != (x.want != Open) {
				t.Errorf("%v for the reason %q", o.Decision, o.Why)
			}
		})
	}
}

// A machine that is slower for later slots decides nothing wrong, since the order is
// random. Were it not, the baseline's second copy would show it.
func TestUnfairRounds(t *testing.T) {
	wrong := 0
	for seed := range uint64(300) {
		m := newHost(seed)
		m.later = 1.5
		if o, err := m.duel(1, 1, 1).Run(context.Background()); err != nil {
			t.Fatal(err)
		} else if o.Decision == Fail {
			wrong++
		}
	}
	if wrong > 3 { // at most 0.3 are due
		t.Errorf("%d of 300 duels between equals failed", wrong)
	}
	m := newHost(5)
	m.later = 1.5
	d := m.duel(1, 1, 1)
	d.Rand = rand.New(constant{})
	o, err := d.Run(context.Background())
	if err != nil || o.Decision != Open || !strings.Contains(o.Why, "its own second copy") {
		t.Errorf("in rounds of one order: %v, %q, %v; want open, since the baseline differs from its second copy", o.Decision, o.Why, err)
	}
}

// constant is a source of the same number, so that each round has the same order.
type constant struct{}

func (constant) Uint64() uint64 { return 1 << 62 }

func TestBudget(t *testing.T) {
	m := newHost(7)
	d := m.duel(1, 1, 1)
	d.Budget = 31 * time.Second // a round takes three
	var seen []Progress
	d.Watch = func(p Progress) { seen = append(seen, p) }
	o, err := d.Run(context.Background())
	if err != nil || o.Decision != Open || len(o.Figures[0].Rounds) != 10 || o.Why != "not decided after 10 rounds in 30s" {
		t.Errorf("%v, %q after %d rounds, %v", o.Decision, o.Why, len(o.Figures[0].Rounds), err)
	}
	if len(seen) != 10 || seen[0].Left != 28*time.Second || seen[9].Rounds != 10 || seen[9].Left != time.Second {
		t.Errorf("progress: %v", seen)
	}
	d.Budget = time.Second
	if o, err = d.Run(context.Background()); err != nil || len(o.Figures[0].Rounds) != 1 {
		t.Errorf("a budget for less than a round gives %d rounds, %v", len(o.Figures[0].Rounds), err)
	}
}

// What ends a duel early, an interruption or a contestant that fails, leaves the
// rounds before it.
func TestInterrupted(t *testing.T) {
	m := newHost(9)
	ctx, cancel := context.WithCancel(context.Background())
	d := m.duel(1, 1, 1)
	d.Watch = func(p Progress) {
		if p.Rounds == 5 {
			cancel()
		}
	}
	o, err := d.Run(ctx)
	if !errors.Is(err, context.Canceled) || o.Decision != Open || len(o.Figures[0].Rounds) != 5 {
		t.Errorf("interrupted: %v after %d rounds, %v", o.Decision, len(o.Figures[0].Rounds), err)
	}
	m = newHost(9)
	broken := errors.New("the subject crashed")
	m.fail = func(n int) error {
		if n == 7 {
			return broken
		}
		return nil
	}
	o, err = m.duel(1, 1, 1).Run(context.Background())
	if !errors.Is(err, broken) || len(o.Figures[0].Rounds) != 2 {
		t.Errorf("failing: %v after %d rounds", err, len(o.Figures[0].Rounds))
	}
}

// Where processes cannot be kept on processors, a promise fails only where two runs
// fail it.
func TestSecondRun(t *testing.T) {
	m := newHost(11)
	d := m.duel(2, 1, 1)
	d.Processors = nil
	if o, err := d.Run(context.Background()); err != nil || o.Decision != Fail || len(m.slots) < 2*13*3 {
		t.Errorf("%v after %d slots, %v; want a fail of two runs", o.Decision, len(m.slots), err)
	}
	m = newHost(11)
	d = m.duel(2, 1, 1)
	d.Processors = nil
	slow := d.Subject
	d.Subject = func(ctx context.Context, p []int) ([]float64, error) {
		costs, err := slow(ctx, p)
		if len(m.slots) > 3*20 {
			costs[0] /= 4
		}
		return costs, err
	}
	if o, err := d.Run(context.Background()); err != nil || o.Decision != Open || !strings.Contains(o.Why, "second run") {
		t.Errorf("%v, %q, %v; want open, since the second run passed", o.Decision, o.Why, err)
	}
}

// Several figures are judged together, and their second copies have one error rate.
func TestSeveralFigures(t *testing.T) {
	m := newHost(13)
	both := func(a, b float64) Slot {
		first, second := m.slot("", a), m.slot("", b)
		return func(ctx context.Context, p []int) ([]float64, error) {
			x, err := first(ctx, p)
			y, _ := second(ctx, p)
			return append(x, y...), err
		}
	}
	d := Duel{
		Ratios: []float64{1, 1}, Subject: both(1, 1), Baseline: both(2, 1.1), Processors: []int{0, 1}, Rand: m.rand,
		Judge: func(e []*Evidence) Decision { return min(e[0].Decision(), e[1].Decision()) },
	}
	o, err := d.Run(context.Background())
	if err != nil || o.Decision != Pass || len(o.Figures) != 2 || len(o.Figures[1].Rounds) < 9 {
		t.Errorf("%v after %d rounds of %d figures, %v", o.Decision, len(o.Figures[0].Rounds), len(o.Figures), err)
	}
}

func TestProcessors(t *testing.T) {
	allowed := Allowed()
	if p := Processors(2); len(p) != 2 || len(allowed) > 1 && p[0] == p[1] || !slices.Contains(allowed, p[0]) || !slices.Contains(allowed, p[1]) {
		t.Errorf("%v of %v", p, allowed)
	}
	if why := Occupied([]int{3, 3}); why != "needs 2 free processors; there are 1" {
		t.Errorf("%q", why)
	}
	if why := Occupied(nil); why == "" {
		t.Error("free processors where none can be chosen")
	}
	if why := Occupied(append(slices.Clone(allowed), 1023)); len(allowed) < 100 && !strings.Contains(why, "cannot be kept") {
		t.Errorf("a processor that does not exist: %q", why)
	}
}

// Scaling is a duel of pairs together against one pair: two that get through 1.7 times
// as much keep a promise of 1.5 and break one of 2.
func TestScalingIsJudged(t *testing.T) {
	pair := []time.Duration{1000, 1000, 1000}
	one := (Figure{}).cost([][]time.Duration{{850, 850, 850}}, 10, 1)
	two := (Figure{Pairs: 2}).cost([][]time.Duration{pair, pair}, 10, 1)
	for promised, want := range map[float64]Decision{1.5: Pass, 2: Fail} {
		if o, err := newHost(17).duel(promised, two, one).Run(context.Background()); err != nil || o.Decision != want {
			t.Errorf("%.2f times as much, where %v is promised: %v, %v; want %v", one/two, promised, o.Decision, err, want)
		}
	}
}
