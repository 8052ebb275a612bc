package host

import (
	"testing"

	"github.com/ipckit/ipckit/harness/protocol/scratch"
)

// Until a publish has returned, a reader may see its record and then once more
// the one before: a regular register. Never an older one, since the one before
// had returned.
func TestJudgeOfRecords(t *testing.T) {
	for _, x := range []struct {
		name      string
		reads     []int64 // records of writer 2
		published uint64
		wrong     int64
	}{
		{"in order", []int64{1, 2, 2, 5}, 0, 0},
		{"the one before comes again", []int64{4, 5, 4, 5}, 4, 0},
		{"an older one comes again", []int64{5, 3}, 0, 1},
		{"one after the other goes back", []int64{5, 4, 3}, 0, 1},
		{"older than what had returned", []int64{4}, 5, 1},
	} {
		t.Run(x.name, func(t *testing.T) {
			l := load{seed: 1, low: 24, high: 40}
			r := &recordReader{worker: &worker{}, load: l, want: make([]byte, l.high)}
			var published [scratch.Processes]uint64
			published[2] = x.published
			for i, number := range x.reads {
				r.judge(int64(i), l.record(make([]byte, l.high), 2, number), published)
			}
			if r.wrong != x.wrong {
				t.Errorf("%d reads were judged wrong, want %d: %s", r.wrong, x.wrong, r.reply.WrongText)
			}
		})
	}
	r := &recordReader{worker: &worker{}, load: load{seed: 1, low: 24, high: 24}, want: make([]byte, 24)}
	whole := r.record(make([]byte, 24), 1, 7)
	whole[20] ^= 1
	if r.judge(0, whole, [scratch.Processes]uint64{}); r.wrong != 1 {
		t.Error("a record with a byte of another was judged right")
	}
}
