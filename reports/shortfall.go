package reports

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A shortfall is a requirement that did not hold, with those that fell short for
// the same reason: one cause, such as a function that is not written yet, makes
// many requirements fail in the same way.
type shortfall struct {
	*Result
	same []*Result
}

// enoughForGroup is how many results have to look as if they fell short for the same
// reason before only the first is explained: two are no pattern, and cost little to
// read. Where the cause is known, two are enough.
const enoughForGroup = 3

// shortfallGroups gives what fell short, or is open, in the order in which it is
// best read: the telling one first, with what it drags along.
func (r *Record) shortfallGroups() []shortfall {
	byReason := map[string][]*Result{}
	var reasons []string
	for i := range r.Results {
		result := &r.Results[i]
		if result.Verdict.Exit(false) == ExitPass {
			continue
		}
		reason := result.reason()
		if byReason[reason] == nil {
			reasons = append(reasons, reason)
		}
		byReason[reason] = append(byReason[reason], result)
	}
	var list []shortfall
	for _, reason := range reasons {
		group := byReason[reason]
		slices.SortStableFunc(group, func(a, b *Result) int { return cmp.Compare(a.Verdict.telling(), b.Verdict.telling()) })
		if len(group) >= enoughForGroup || group[0].cause() != "" {
			list = append(list, shortfall{group[0], group[1:]})
			continue
		}
		for _, result := range group {
			list = append(list, shortfall{Result: result})
		}
	}
	slices.SortStableFunc(list, func(a, b shortfall) int {
		return cmp.Or(
			cmp.Compare(a.Verdict.telling(), b.Verdict.telling()),
			-cmp.Compare(len(a.same), len(b.same)),
		)
	})
	return list
}

// cause is what the kit knows that the result comes from, "" where it does not.
func (r *Result) cause() string {
	if r.Evidence == nil {
		return ""
	}
	return r.Evidence.Cause
}

// telling says how early a verdict is read. A crash explains the hang of the
// process that waited for the dead one, and a refusal explains what followed from
// it; what the kit is to blame for says nothing of the subject.
func (v Verdict) telling() int {
	for i, group := range [][]Verdict{{Crash}, {Fail}, {Timeout}, {Leak, Flaky, Unobserved}, {Inconclusive, KnownFixed, Expired}} {
		if slices.Contains(group, v) {
			return i
		}
	}
	return 5
}

var (
	// madeUp are the parts of a text that differ from run to run, or from one
	// requirement's arrangement to the other's.
	madeUp = regexp.MustCompile(`/ipckit-[a-z0-9-]+|[0-9]+`)

	// refused is the answer of an operation that was refused for a reason which
	// the subject gave: "→ io (not written yet: ring_create, line 54)".
	refused = regexp.MustCompile(`→ ([a-z-]+ \(.+\))$`)

	// died is what is said of a process that died, behind its name.
	died = regexp.MustCompile(`^\S+ ((?:was killed|died|exited|ended|panicked) .*)$`)
)

// reason is what the result came to, without what is particular to it: two
// results with the same reason have, as a rule, one cause. The cause decides where
// it is known, whatever the verdict. Else the reason that the subject itself gave
// for a refusal decides, then how a process died, then all that was done and seen.
func (r *Result) reason() string {
	if cause := r.cause(); cause != "" {
		return madeUp.ReplaceAllString(cause, "#")
	}
	parts := []string{string(r.Verdict)}
	e := cmp.Or(r.Evidence, &Evidence{})
	if n := len(e.Did); n > 0 {
		if m := refused.FindStringSubmatch(e.Did[n-1]); m != nil && strings.Contains(r.Message+e.Saw, m[1]) {
			return madeUp.ReplaceAllString(strings.Join(append(parts, m[1]), "\n"), "#")
		}
	}
	if m := died.FindStringSubmatch(r.Message); m != nil && r.Verdict == Crash {
		return madeUp.ReplaceAllString(strings.Join(append(parts, m[1]), "\n"), "#")
	}
	parts = append(parts, r.Message, e.Saw)
	parts = append(parts, e.Did...)
	return madeUp.ReplaceAllString(strings.Join(parts, "\n"), "#")
}

// others says how many more fell short for the same reason: "17 more requirements
// fail for the same reason", and which.
func (s shortfall) others() (text string, ids []string) {
	n := len(s.same)
	for _, o := range s.same {
		ids = append(ids, oneLine(o.Requirement, 80))
	}
	verb := s.Verdict.verb()
	switch {
	case slices.ContainsFunc(s.same, func(o *Result) bool { return o.Verdict != s.same[0].Verdict }):
		verb = "do not hold"
	case n > 1:
		verb = s.same[0].Verdict.verbOfMany()
	case n == 1:
		verb = s.same[0].Verdict.verb()
	}
	return fmt.Sprintf("%d more %s %s for the same reason", n, Plural(n, "requirement"), verb), ids
}

// verbOfMany is [Verdict.verb] of several requirements.
func (v Verdict) verbOfMany() string {
	verb := v.verb()
	switch v {
	case Crash:
		return "crash"
	case Unobserved:
		return "show nothing"
	}
	if rest, ok := strings.CutPrefix(verb, "is "); ok {
		return "are " + rest
	}
	if rest, ok := strings.CutPrefix(verb, "was "); ok {
		return "were " + rest
	}
	return strings.TrimSuffix(verb, "s")
}
