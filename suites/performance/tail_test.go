package performance_test

import (
	"context"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/subject"
)

// One put of 300 that stalls is in the 99.9th percentile, and so are those that were
// to be sent meanwhile.
func TestStallsAreInTheTail(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a world")
	}
	const how = "stalls"
	claims := cheat(how).Claims
	claims.Normalise()
	m := measure.TailMeter{
		Contestant: check.Contestant{Name: how, Claims: claims, Launcher: agent.Self(how)},
		Figure:     measure.Figure{What: measure.OneWay, Of: subject.ProfileOneToOne, Size: 64}, Rate: 100_000,
	}
	costs, err := m.Slot(context.Background(), nil)
	if err != nil || costs[0] < float64(stall.Nanoseconds()) {
		t.Errorf("%v, %v; a stall lasts %v", costs, err, stall)
	}
	points := m.Curve().Points
	for i, p := range points {
		if p.Y <= 0 || i > 0 && (p.X <= points[i-1].X || p.Y < points[i-1].Y) {
			t.Errorf("the curve is %v", points)
		}
	}
	if last := points[len(points)-1]; time.Duration(last.Y) < stall {
		t.Errorf("the curve ends at %v", last)
	}
}
