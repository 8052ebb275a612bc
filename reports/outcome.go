package reports

// Counts gives the number of requirements of each verdict.
func (r *Record) Counts() map[Verdict]int { return count(r.Results) }

// Ended reports whether the run came to its end and said so.
func (r *Record) Ended() bool { return r.Footer != nil && !r.Truncated }

// Verdicts gives the exit status that the results alone ask for, which is what
// a footer is to say. strict makes what the host could not do count as
// undecided.
//
// Beyond the table of verdicts: nothing selected is a usage error, results that
// decide nothing (all skipped) are inconclusive, and checks that were to run
// and left no line are the kit's fault.
func (r *Record) Verdicts(strict bool) int {
	status, decided, skipped := ExitPass, false, false
	for i := range r.Results {
		result := &r.Results[i]
		status = WorstExit(status, result.Exit(strict))
		decided = decided || result.Verdict.decided()
		skipped = skipped || result.Verdict.judged() && !result.Verdict.decided()
	}
	switch {
	case r.lost() > 0:
		status = WorstExit(status, ExitKit)
	case !decided && skipped:
		status = WorstExit(status, ExitInconclusive)
	case !decided:
		status = WorstExit(status, ExitUsage)
	}
	return status
}

// Exit gives the exit status of the run: that of its results, or that of the
// way it ended where that is more important. A record without a footer, or
// with half a line at its end, is never 0.
func (r *Record) Exit(strict bool) int {
	status := r.Verdicts(strict)
	switch {
	case !r.Ended():
		return WorstExit(status, ExitKit)
	case r.Footer.Interrupted:
		return ExitInterrupted
	case r.Footer.Error != "" && r.Footer.Exit == ExitPass:
		return WorstExit(status, ExitKit)
	case r.Footer.Error != "":
		return WorstExit(status, r.Footer.Exit)
	}
	return status
}

// lost counts the checks that were to run and left no line.
func (r *Record) lost() int {
	if r.Header.Total == 0 {
		return 0
	}
	ran := 0
	for _, result := range r.Results {
		for _, c := range result.Checks {
			if c.Verdict.judged() || r.Header.Claimed != nil { // since 0.2 only what was to run is listed
				ran++
			}
		}
		if len(result.Checks) == 0 && result.Verdict.judged() {
			ran++
		}
	}
	return max(r.Header.Total-ran, 0)
}

// Exit is the exit status that a result alone asks for. An undecided
// requirement counts where it is core.
func (r *Result) Exit(strict bool) int {
	if r.Verdict == Inconclusive && !strict && (r.Level == levelExtended || r.Level == levelClaim) {
		return ExitPass
	}
	return r.Verdict.Exit(strict)
}

// Levels of requirements, as records spell them.
const (
	levelCore     = "core"
	levelExtended = "extended"
	levelClaim    = "claim"
)

// levels in the order in which reports name them.
var levels = []string{levelCore, levelExtended, levelClaim}

// judged reports whether the requirement was put to the subject at all.
func (v Verdict) judged() bool {
	switch v {
	case NotClaimed, NotChecked, Excluded:
		return false
	}
	return true
}

// decided reports whether the verdict says anything about the subject.
func (v Verdict) decided() bool {
	return v.judged() && v != Skipped && v != Inconclusive && v != KitError
}

func (v Verdict) known() bool { return v.rank() <= len(Verdicts) }
