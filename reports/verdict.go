// Package reports is what is said: verdicts, the append-only record of a run,
// and everything that is rendered from it. It knows nothing of how a verdict
// was reached.
package reports

// A Verdict is the outcome for one requirement.
type Verdict string

const (
	Pass         Verdict = "pass"
	Fail         Verdict = "fail"         // the subject did not do what the requirement says
	Crash        Verdict = "crash"        // a process of the subject died
	Timeout      Verdict = "timeout"      // a process was still blocked when the watchdog looked
	Leak         Verdict = "leak"         // something was left behind
	Flaky        Verdict = "flaky"        // passed and failed on the same input
	Unobserved   Verdict = "unobserved"   // the subject showed nothing to judge
	Inconclusive Verdict = "inconclusive" // could not be decided
	Skipped      Verdict = "skipped"      // this host cannot
	NotClaimed   Verdict = "not-claimed"  // the subject does not promise it
	NotChecked   Verdict = "not-checked"  // claimed, but its kinds of check were not asked for; before 0.2 also: there was no check
	Excluded     Verdict = "excluded"     // the profile is claimed as partial, without this
	KnownFail    Verdict = "known-fail"   // falls short, as its author said
	KnownFixed   Verdict = "known-fixed"  // listed as known, but it passes
	Expired      Verdict = "expired"      // listed as known, but past its date
	KitError     Verdict = "kit-error"    // the kit's own fault
)

// Exit statuses of every checking command.
const (
	ExitPass         = 0
	ExitFail         = 1   // the subject fell short, or showed nothing to judge
	ExitInconclusive = 2   // a core requirement could not be decided
	ExitUsage        = 3   // build error, bad claims, bad usage, adapter fails smoke, empty selection
	ExitKit          = 4   // the kit's own fault
	ExitKnown        = 5   // the known list or baseline is out of date
	ExitInterrupted  = 130 // ended by Ctrl-C or a signal: nothing was decided
)

// Verdicts lists every verdict from the worst to the best, which is the order
// in which reports count them.
var Verdicts = []Verdict{KitError, Crash, Timeout, Fail, Leak, Flaky, Unobserved, KnownFixed, Expired,
	Inconclusive, KnownFail, Skipped, Pass, Excluded, NotChecked, NotClaimed}

// rank orders verdicts; a higher one hides a lower one.
func (v Verdict) rank() int {
	for i, known := range Verdicts {
		if v == known {
			return len(Verdicts) - i
		}
	}
	return len(Verdicts) + 1 // an unknown word must never look good
}

// Exit gives the exit status that a verdict alone asks for. strict makes what
// the host could not do count as undecided.
func (v Verdict) Exit(strict bool) int {
	switch v {
	case Pass, NotClaimed, NotChecked, Excluded, KnownFail:
		return ExitPass
	case Skipped:
		if strict {
			return ExitInconclusive
		}
		return ExitPass
	case Inconclusive:
		return ExitInconclusive
	case Fail, Crash, Timeout, Leak, Flaky, Unobserved:
		return ExitFail
	case KnownFixed, Expired:
		return ExitKnown
	}
	return ExitKit
}

// Worst gives the verdict that hides the other.
func Worst(a, b Verdict) Verdict {
	if a == "" || (b != "" && b.rank() > a.rank()) {
		return b
	}
	return a
}

// exitOrder lists exit statuses from the most to the least important.
var exitOrder = []int{ExitInterrupted, ExitKit, ExitUsage, ExitFail, ExitKnown, ExitInconclusive, ExitPass}

// WorstExit gives the exit status that outranks the other: 4, 3, 1, 5, 2, 0,
// in this order, with an interruption above all.
func WorstExit(a, b int) int {
	for _, status := range exitOrder {
		if a == status || b == status {
			return status
		}
	}
	return ExitKit
}
