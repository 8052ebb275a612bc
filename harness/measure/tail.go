package measure

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/reports"
)

// How many items of a slot are sent at intended times: enough for the percentile, and
// for so long where they are many.
const (
	leastTrips = 10_000
	mostTrips  = 100_000
	tripsLast  = 100 * time.Millisecond
	tripsBatch = 100 // after so many the process says how far it is

	// MostRate is the highest rate, in items a second, at which items can be sent at
	// intended times: the sender looks at the clock between two of them.
	MostRate = 500_000
)

// TailPercentile is what a slot of a tail gives.
const TailPercentile = 99.9

// A TailMeter measures the time from when an item was to be sent until it arrived.
// Items are sent at a rate, whatever became of those before: one that is late makes
// those behind it late too, and none of them is left out.
type TailMeter struct {
	Arena      check.Arena
	Contestant check.Contestant
	Figure     Figure
	Rate       float64 // items a second
	Fell       bool    // the last slot ended with a *check.Fall

	all  *hdrhistogram.Histogram // of all slots, ns
	turn uint64
}

// Slot gives the percentile of one slot, ns. It is a [Slot].
func (m *TailMeter) Slot(ctx context.Context, processors []int) ([]float64, error) {
	slot := newHistogram()
	err := m.Arena.Act(ctx, m.Contestant, m.Figure.Of, func(w *check.World) {
		w.IgnoreLeftovers()
		crew := []*check.Process{w.CalmProcess("sender"), w.CalmProcess("receiver")}
		for i, p := range crew {
			if processors != nil {
				p.PinWhole(processors[i%len(processors)])
			}
		}
		for _, d := range m.trips(w, crew) {
			_ = slot.RecordValue(min(int64(d), slot.HighestTrackableValue()))
		}
		for _, p := range crew {
			p.Leave()
		}
	})
	if m.Fell = errors.As(err, new(*check.Fall)); err != nil {
		return nil, err
	}
	if m.all == nil {
		m.all = newHistogram()
	}
	m.all.Merge(slot)
	return []float64{float64(slot.ValueAtPercentile(TailPercentile))}, nil
}

// newHistogram has room for up to a minute, with an error of 1 in 1000.
func newHistogram() *hdrhistogram.Histogram {
	const digits = 3
	return hdrhistogram.New(1, time.Minute.Nanoseconds(), digits)
}

func (m *TailMeter) trips(w *check.World, crew []*check.Process) []time.Duration {
	n := int64(math.Min(math.Max(m.Rate*tripsLast.Seconds(), leastTrips), mostTrips)) / tripsBatch
	facts := w.Queues()
	facts.Max = max(facts.Min, m.Figure.Size)
	put, get := queue(w, crew[0], crew[1], "paced", facts.Shape(slowItems, m.Figure.Size))
	m.turn++
	t := check.Timing{
		Batch: tripsBatch, Batches: n, Warm: n * tripsBatch / 10, Size: m.Figure.Size, Seed: m.turn << 40,
		Every: time.Duration(math.Max(1e9/m.Rate, 1)),
	}
	arrive := get.BeginTimed(protocol.RoleArrive, nil, t)
	paced := put.BeginTimed(protocol.RolePaced, nil, t)
	check.All(paced, arrive)
	return arrive.Trips()
}

// Curve is the distribution of all slots so far.
func (m *TailMeter) Curve() reports.Curve {
	c := reports.Curve{Name: m.Contestant.Name, Axis: reports.AxisPercentile}
	if m.all == nil {
		return c
	}
	for _, at := range []float64{10, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99} {
		c.Points = append(c.Points, reports.Point{X: at, Y: float64(m.all.ValueAtPercentile(at))})
	}
	return c
}
