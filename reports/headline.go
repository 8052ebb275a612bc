package reports

import (
	"fmt"
	"slices"
	"strings"
)

// Headline says in a line what came out, and first of all whether the run
// ended: "42 of 44 core requirements hold; BUF-FIFO fails, REG-SIZE hangs".
func (r *Record) Headline() string {
	switch {
	case r.Footer != nil && r.Footer.Interrupted && !r.judged():
		return "Interrupted before any check finished"
	case r.Footer != nil && r.Footer.Interrupted:
		return "Interrupted, so nothing is decided: " + r.Finding()
	case !r.Ended():
		return "The run did not end, so nothing is decided: " + r.Finding()
	case r.Footer.Error != "":
		return "The run failed (" + firstLine(r.Footer.Error) + "): " + r.Finding()
	}
	return r.Finding()
}

// judged reports whether any requirement was put to the subject.
func (r *Record) judged() bool {
	return slices.ContainsFunc(r.Results, func(result Result) bool { return result.Verdict.judged() })
}

// Finding is the headline of the results alone, which is what a footer is to
// say. What is not claimed or has no check counts as nothing; what was skipped
// does not count as held. Where only some of the requirements that are claimed
// were selected, it says so: "12 of 107 core requirements of the claimed profiles
// were checked, all hold".
func (r *Record) Finding() string {
	var judged, decided int
	tallies := map[string]*tally{}
	for _, level := range levels {
		tallies[level] = &tally{level: level, claimed: r.Header.Claimed[level]}
	}
	for _, result := range r.Results {
		if !result.Verdict.judged() {
			continue
		}
		judged++
		if result.Verdict.decided() {
			decided++
		}
		t := tallies[result.Level]
		if t == nil {
			t = tallies[levelCore] // better counted too strictly than not at all
		}
		t.checked++
		if result.Verdict == Pass {
			t.hold++
		}
	}
	switch {
	case len(r.Results) == 0:
		return "nothing was checked"
	case judged == 0:
		return fmt.Sprintf("nothing was checked: of %d %s, none was both claimed and has a check", len(r.Results), Plural(len(r.Results), "requirement"))
	}
	var parts []string
	for _, level := range levels {
		if t := tallies[level]; t.checked > 0 {
			parts = append(parts, t.say(len(parts) == 0))
		}
	}
	text := strings.Join(parts, ", ")
	if decided == 0 {
		text = "nothing was decided: " + text
	}
	if short := r.shortfalls(); short != "" {
		text += "; " + short
	}
	if n := r.Counts()[KnownFail]; n > 0 {
		text += fmt.Sprintf("; %d known to fall short", n)
	}
	if n := r.Counts()[Skipped]; n > 0 {
		text += fmt.Sprintf("; %d skipped", n)
	}
	if n := r.lost(); n > 0 {
		text += fmt.Sprintf("; %d %s left no result", n, Plural(n, "check"))
	}
	if partial := r.Header.Subject.Partial; len(partial) > 0 {
		text += fmt.Sprintf(" (partial: %s)", strings.Join(partial, ", "))
	}
	if waived := r.Header.Subject.Waived; len(waived) > 0 {
		text += fmt.Sprintf(" (%s)", strings.Join(waived, "; "))
	}
	return text
}

// tally counts the requirements of a level: those that are claimed and have a
// check (0: not known), those that were checked, those that hold.
type tally struct {
	level                  string
	claimed, checked, hold int
}

func (t tally) say(first bool) string {
	word := t.level
	if word == levelClaim {
		word = "performance"
	}
	if t.checked < t.claimed {
		return t.sayPart(word, first)
	}
	if !first {
		return fmt.Sprintf("%d of %d %s", t.hold, t.checked, word)
	}
	verb := "hold"
	if t.checked == 1 {
		verb = "holds"
	}
	return fmt.Sprintf("%d of %d %s %s %s", t.hold, t.checked, word, Plural(t.checked, "requirement"), verb)
}

// sayPart is for a level of which not all that is claimed was checked.
func (t tally) sayPart(word string, first bool) string {
	outcome := fmt.Sprintf("%d hold", t.hold)
	switch {
	case t.checked == 1 && t.hold == 1:
		outcome = "and it holds"
	case t.checked == 1:
		outcome = "and it does not hold"
	case t.hold == t.checked:
		outcome = "all hold"
	case t.hold == 0:
		outcome = "none holds"
	case t.hold == 1:
		outcome = "1 holds"
	}
	if !first {
		return fmt.Sprintf("%d of %d %s, %s", t.checked, t.claimed, word, outcome)
	}
	were := "were"
	if t.checked == 1 {
		were = "was"
	}
	return fmt.Sprintf("%d of %d %s requirements of the claimed profiles %s checked, %s", t.checked, t.claimed, word, were, outcome)
}

// omitted names the kinds of check that exist for what was selected and were not
// run, with how to have them run: "race (37 requirements: ipckit explore ./x)".
func (h *Header) omitted() string {
	var parts []string
	for _, x := range h.NotRun {
		text := fmt.Sprintf("%s (%d %s", x.Kind, x.Requirements, Plural(x.Requirements, "requirement"))
		if x.How != "" {
			text += ": " + x.How
		}
		parts = append(parts, text+")")
	}
	return strings.Join(parts, ", ")
}

// Plural is a noun as it is said of n things.
func Plural(n int, noun string) string {
	if n == 1 {
		return noun
	}
	return noun + "s"
}

// named is how many requirements a headline names.
const named = 3

// shortfalls names the requirements that the exit status is about, in the order in
// which they are explained.
func (r *Record) shortfalls() string {
	var names []string
	n := 0
	for _, s := range r.shortfallGroups() {
		for _, result := range append([]*Result{s.Result}, s.same...) {
			n++
			if len(names) < named {
				names = append(names, visible(result.Requirement)+" "+result.Verdict.verb())
			}
		}
	}
	if n > named {
		names = append(names, fmt.Sprintf("%d more", n-named))
	}
	return strings.Join(names, ", ")
}

// verb says of a requirement what became of it.
func (v Verdict) verb() string {
	switch v {
	case Pass:
		return "holds"
	case Fail:
		return "fails"
	case Crash:
		return "crashes"
	case Timeout:
		return "hangs"
	case Leak:
		return "leaks"
	case Flaky:
		return "is flaky"
	case Unobserved:
		return "shows nothing"
	case Inconclusive:
		return "is undecided"
	case KnownFixed:
		return "is fixed but listed as known"
	case Expired:
		return "is listed as known past its date"
	case KitError:
		return "was lost to a fault of the kit"
	}
	return "is " + string(v)
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return visible(line)
}
