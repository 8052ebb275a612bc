package load

import (
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/linear"
)

// How often, and for how long at most, a failing round is run again.
const (
	repeats    = 20
	repeatTime = 4 * time.Second
)

// mostFaults are as many as a record lists of one check: the last.
const mostFaults = 1000

// fail ends the spec with what a round showed.
func (s *Session) fail(r *Round, f finding) {
	r.Story()
	if f.stuck != "" {
		s.w.Sure("in round %d, after %d operations; hangs are not retried", s.rounds, s.operations)
		s.w.Timeout("%s, after %d operations%s", f.stuck, s.operations, s.faultCounts())
	}
	w := f.verdict.Witness
	text, svg := w.Text(), w.SVG()
	s.w.Picture(text, svg)
	certificate := w.Certify(certifyTime)
	sure := fmt.Sprintf("round %d, after %d operations", s.rounds, s.operations)
	if s.w.Suite().Attempts == 1 {
		sure += "; not run again"
	} else if n, of := s.again(r); of > 0 {
		sure += fmt.Sprintf("; the same round, run again, failed %d of %d times", n, of)
	}
	switch certificate {
	case linear.Certified:
		sure += "; the independent checker porcupine also finds the pictured operations impossible"
	case linear.Undecided:
		sure += fmt.Sprintf("; the independent checker porcupine had not decided on the pictured operations after %v", certifyTime)
	default:
		sure += "; a general checker cannot be asked about these operations alone"
	}
	s.w.Sure("%s", sure)
	switch n := w.Operations(); {
	case n > len(w.Steps):
		s.w.Fail("%s (%d operations prove it, of which %d are pictured)", f.verdict.Reason, n, len(w.Steps))
	case n > 1:
		s.w.Fail("%s (%d operations prove it)", f.verdict.Reason, n)
	}
	s.w.Fail("%s", f.verdict.Reason)
}

// Story puts the round, and what disturbed it, into the evidence.
func (r *Round) Story() {
	s := r.Session
	s.w.Mute(false)
	s.w.Step("round %d: %s, %d steps each", r.Number, r.Shape, r.Steps)
	for _, e := range s.lastFaults(8) {
		s.w.Step("fault %v", e)
	}
	s.w.Mute(true)
}

// again runs a failing round again, with the same load, to learn how often it
// fails. A round that ends the spec in another way counts as failed, and is the last:
// what was seen first is reported.
func (s *Session) again(failed *Round) (bad, of int) {
	blocked := s.w.Blocked()
	defer s.w.SetBlocked(blocked)
	end := time.Now().Add(repeatTime)
	for of < repeats && time.Now().Before(end) {
		r := s.roundOf(failed.Number, failed.seed, failed.Count)
		f, ended := s.attempt(r)
		of++
		if ended || f.bad() {
			bad++
		}
		if ended || f.stuck != "" {
			break
		}
	}
	return bad, of
}

func (s *Session) attempt(r *Round) (f finding, ended bool) {
	defer func() {
		if recover() != nil {
			ended = true
		}
	}()
	return r.play(), false
}

// lastFaults are the last n faults that were made.
func (s *Session) lastFaults(n int) []string {
	all := s.faults.Events()
	if len(all) > n {
		all = all[len(all)-n:]
	}
	var list []string
	for _, e := range all {
		list = append(list, e.String())
	}
	return list
}
