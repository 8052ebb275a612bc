package reports

import (
	"fmt"
	"strings"
)

// Headline says in a line what came out, and first of all whether the run
// ended: "42 of 44 core requirements hold; BUF-FIFO fails, REG-SIZE hangs".
func (r *Record) Headline() string {
	switch {
	case r.Footer != nil && r.Footer.Interrupted:
		return "Interrupted, so nothing is decided: " + r.Finding()
	case !r.Ended():
		return "The run did not end, so nothing is decided: " + r.Finding()
	case r.Footer.Error != "":
		return "The run failed (" + firstLine(r.Footer.Error) + "): " + r.Finding()
	}
	return r.Finding()
}

// Finding is the headline of the results alone, which is what a footer is to
// say. What was not claimed, or has no check yet, counts as nothing; what was
// skipped does not count as held.
func (r *Record) Finding() string {
	var judged, decided int
	byLevel := map[string]*tally{levelCore: {}, levelExtended: {}, levelClaim: {}}
	for _, result := range r.Results {
		if !result.Verdict.judged() {
			continue
		}
		judged++
		if result.Verdict.decided() {
			decided++
		}
		level := byLevel[result.Level]
		if level == nil {
			level = byLevel[levelCore] // better counted too strictly than not at all
		}
		level.of++
		if result.Verdict == Pass {
			level.hold++
		}
	}
	switch {
	case len(r.Results) == 0:
		return "nothing was checked"
	case judged == 0:
		return fmt.Sprintf("nothing was checked: of %d %s, none was both claimed and has a check", len(r.Results), Plural(len(r.Results), "requirement"))
	}
	var parts []string
	for _, level := range []string{levelCore, levelExtended, levelClaim} {
		if t := byLevel[level]; t.of > 0 {
			parts = append(parts, t.say(level, len(parts) == 0))
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
	return text
}

// tally counts the requirements of a level that were put to the subject.
type tally struct{ hold, of int }

func (t tally) say(level string, first bool) string {
	word := level
	if level == levelClaim {
		word = "performance"
	}
	if !first {
		return fmt.Sprintf("%d of %d %s", t.hold, t.of, word)
	}
	verb := "hold"
	if t.of == 1 {
		verb = "holds"
	}
	return fmt.Sprintf("%d of %d %s %s %s", t.hold, t.of, word, Plural(t.of, "requirement"), verb)
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

// shortfalls names the requirements that the exit status is about, the worst
// first.
func (r *Record) shortfalls() string {
	var names []string
	n := 0
	for _, v := range Verdicts {
		if v == Skipped || v.Exit(true) == ExitPass {
			continue
		}
		for _, result := range r.Results {
			if result.Verdict == v {
				n++
				if len(names) < named {
					names = append(names, visible(result.Requirement)+" "+v.verb())
				}
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
