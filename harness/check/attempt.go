package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2"

	"github.com/ipckit/ipckit/reports"
)

// outcome is what one attempt came to. The zero value is a pass.
type outcome struct {
	verdict  reports.Verdict
	message  string
	evidence *reports.Evidence
	hint     string   // instead of the requirement's; ""
	faults   []string // that were made, for the record
	note     string   // for passes: the figures or the bound
	measure  *reports.Measure
}

func (o outcome) passed() bool { return o.verdict == reports.Pass }

// run is the whole life of one check: attempts, verdict, result.
func (e spec) run(ctx context.Context) {
	s := e.suite
	if s.OnBegin != nil {
		s.OnBegin(e.requirement.ID, string(e.kind))
	}
	began := time.Now()
	final := e.decide(ctx)
	if ctx.Err() != nil && !final.passed() {
		return // interrupted: whatever it was, it is no verdict
	}
	final = e.known(final)
	if s.OnResult != nil {
		s.OnResult(e.result(final, time.Since(began)))
	}
	switch final.verdict.Exit(false) {
	case reports.ExitPass:
		if final.verdict != reports.Pass {
			ginkgo.Skip(final.message)
		}
	case reports.ExitInconclusive:
		ginkgo.Skip("inconclusive: " + final.message)
	default:
		ginkgo.Fail(Explain(e.result(final, time.Since(began))))
	}
}

// decide makes attempts. A pass is believed at once. A failure is tried again: how
// often it comes back is part of the evidence, and one that passes on the same
// input is flaky. A hang is not retried: it took long enough.
func (e spec) decide(ctx context.Context) outcome {
	first := e.attempt(ctx)
	if e.once {
		return first
	}
	switch first.verdict {
	case reports.Fail, reports.Crash, reports.Leak:
	case reports.Timeout:
		first.evidence.Sure = cmp.Or(first.evidence.Sure, "seen once; hangs are not retried")
		return first
	default:
		return first
	}
	failures, attempts := 1, 1
	e.again, e.crashed = true, first.verdict == reports.Crash
	for ; attempts < e.suite.attempts() && ctx.Err() == nil; attempts++ {
		again := e.attempt(ctx)
		switch again.verdict {
		case reports.Pass:
		case reports.Fail, reports.Crash, reports.Leak, reports.Timeout:
			failures++
		}
		if explains(again, first) {
			first = again
		}
	}
	if attempts > 1 {
		first.evidence.Sure = fmt.Sprintf("failed %d of %d runs", failures, attempts)
	}
	if failures < attempts {
		first.evidence.Sure += fmt.Sprintf("; at first it was: %s", first.verdict)
		first.verdict = reports.Flaky
	}
	return first
}

// explains reports whether an outcome is a crash like another, of which it knows more.
func explains(again, first outcome) bool {
	return again.verdict == reports.Crash && first.verdict == reports.Crash && first.evidence.Cause == "" &&
		len(again.message) > len(first.message) && strings.HasPrefix(again.message, first.message)
}

// attempt runs the body once in a world of its own.
func (e spec) attempt(ctx context.Context) (o outcome) {
	inner, err := e.newWorld(ctx)
	if err != nil {
		return outcome{verdict: reports.KitError, message: err.Error(), evidence: &reports.Evidence{Saw: err.Error()}}
	}
	w := newWorld(ctx, e, inner)
	defer func() {
		if err := w.close(); err != nil && o.verdict == reports.Pass {
			o = outcome{verdict: reports.KitError, message: err.Error(), evidence: &reports.Evidence{Saw: err.Error()}}
		}
	}()
	o = w.guard(func() { e.body(w) })
	if o.passed() && !w.ignoreLeftovers {
		o = w.guard(w.expectNothingLeft)
	}
	o.note, o.measure, o.faults = w.effort(), w.measure, w.listed()
	return o
}

// guard runs f and turns the way it ended into an outcome.
func (w *World) guard(f func()) (o outcome) {
	defer func() {
		thrown := recover()
		if thrown == nil {
			return
		}
		var halt ending
		if s, ok := thrown.(ending); ok {
			halt = s
		} else if err, ok := thrown.(error); ok && errors.As(err, new(kitError)) {
			halt = ending{reports.KitError, err.Error()}
		} else {
			halt = ending{reports.KitError, fmt.Sprintf("the spec panicked, which is a fault of the kit: %v", thrown)}
			w.trace = string(debug.Stack())
		}
		o = outcome{verdict: halt.verdict, message: firstLine(halt.message), evidence: w.evidence(halt), hint: w.hint}
	}()
	f()
	return outcome{verdict: reports.Pass}
}
