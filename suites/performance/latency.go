package performance

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
)

// latency measures ping-pong: a message there and back, or a post or a store that is
// answered.
func latency(w *check.World) { oneFigure(w, measure.RoundTrip) }

// oneFigure judges a promise of one figure of subject and baseline.
func oneFigure(w *check.World, what measure.What) {
	r := newRatio(w)
	f := r.figure(what)
	other := r.same(f)
	r.free(f, other)
	o, fell := r.duel([]measure.Figure{f}, []measure.Figure{other})
	if fell == nil {
		r.limits(f)
	}
	r.judge(o, fell)
}
