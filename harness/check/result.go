package check

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/ipckit/ipckit/reports"
)

// result makes the record's line of one check.
func (e spec) result(o outcome, took time.Duration) reports.Result {
	r := Result(e.suite, e.requirement.ID)
	r.Verdict = o.verdict
	r.Seconds = took.Seconds()
	r.Message = o.message
	r.Hint = cmp.Or(o.hint, r.Hint)
	r.Checks = []reports.Check{{Kind: string(e.kind), Profile: e.profile, Verdict: o.verdict, Seconds: took.Seconds(), Note: o.note, Faults: o.faults, Measure: o.measure}}
	if o.verdict != reports.Pass {
		r.Evidence = o.evidence
	}
	return r
}

// Result is a requirement's line with the catalogue's texts and no verdict yet.
func Result(s *Suite, id string) reports.Result {
	q := s.Catalogue.Get(id)
	r := reports.Result{
		Requirement: id, Level: string(q.Level), Seed: s.Seed,
		Rule: q.Text, Source: q.Source, Why: q.Why, Hint: q.Hint,
	}
	if f := s.Catalogue.Family(id); f != nil {
		r.Model = f.Model
	}
	if s.Repeat != nil {
		r.Repeat = s.Repeat(id)
	}
	return r
}

// known applies the author's list of known shortfalls.
func (e spec) known(o outcome) outcome {
	for _, k := range e.suite.Claims.Known {
		if k.Requirement != e.requirement.ID {
			continue
		}
		switch {
		case k.Until != "" && time.Now().Format(time.DateOnly) > k.Until:
			o.message = fmt.Sprintf("known until %s, which has passed; the verdict is %s", k.Until, o.verdict)
			o.verdict = reports.Expired
		case o.passed():
			o.verdict, o.message = reports.KnownFixed, fmt.Sprintf("listed as known %s, but it passes: remove the entry", k.Verdict)
		case string(o.verdict) == k.Verdict:
			o.verdict, o.message = reports.KnownFail, fmt.Sprintf("%s (known: %s)", o.message, k.Reason)
		}
		if o.evidence == nil {
			o.evidence = &reports.Evidence{Saw: o.message}
		}
	}
	return o
}

// Explain is the failure as text, for runners that show text.
func Explain(r reports.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n", r.Requirement, r.Message)
	if ev := r.Evidence; ev != nil {
		for _, did := range ev.Did {
			fmt.Fprintf(&b, "  did: %s\n", did)
		}
		if ev.Saw != "" {
			fmt.Fprintf(&b, "  saw: %s\n", strings.ReplaceAll(ev.Saw, "\n", "\n       "))
		}
		if ev.Sure != "" {
			fmt.Fprintf(&b, "  how sure: %s\n", ev.Sure)
		}
		for _, x := range ev.Blocked {
			fmt.Fprintf(&b, "  blocked: %s in %s for %.1f s, %s\n", x.Process, x.Operation, x.Seconds, x.Where)
			for _, thread := range x.Threads {
				fmt.Fprintf(&b, "           %s\n", thread)
			}
		}
		if ev.Trace != "" {
			fmt.Fprintf(&b, "%s\n", ev.Trace)
		}
	}
	fmt.Fprintf(&b, "  rule: %s\n  idea: %s\n", r.Rule, r.Idea())
	if r.Repeat != "" {
		fmt.Fprintf(&b, "  repeat: %s\n", r.Repeat)
	}
	return b.String()
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
