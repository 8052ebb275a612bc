package reports

import "strconv"

// Mark gives a verdict's mark, one column wide.
func Mark(v Verdict) string {
	switch v {
	case Pass:
		return "✓"
	case Skipped:
		return "–"
	case Inconclusive:
		return "?"
	case KnownFail:
		return "≈"
	case KnownFixed, Expired, KitError:
		return "!"
	case NotClaimed, NotChecked, Excluded:
		return "·"
	}
	return "✗"
}

// asciiMark is [Mark] for terminals that show nothing else.
func asciiMark(v Verdict) string {
	switch Mark(v) {
	case "✓":
		return "+"
	case "✗":
		return "x"
	case "–":
		return "-"
	case "≈":
		return "~"
	case "·":
		return "."
	}
	return Mark(v)
}

// Describe gives a verdict's meaning in a line.
func Describe(v Verdict) string {
	switch v {
	case Pass:
		return "held in everything that was tried"
	case Fail:
		return "the subject did not do what the requirement says"
	case Crash:
		return "a process of the subject died"
	case Timeout:
		return "an operation that should have returned was still blocked"
	case Leak:
		return "something was left behind"
	case Flaky:
		return "passed and failed on the same input"
	case Unobserved:
		return "the subject showed nothing to judge"
	case Inconclusive:
		return "could not be decided, for or against"
	case Skipped:
		return "this host cannot show it"
	case NotClaimed:
		return "the subject does not promise it"
	case NotChecked:
		return "claimed, but its kinds of check were not asked for"
	case Excluded:
		return "the profile is claimed in part, without this"
	case KnownFail:
		return "falls short, as its author says"
	case KnownFixed:
		return "listed as known to fall short, but it holds: remove the entry"
	case Expired:
		return "listed as known to fall short, but past the date that was set"
	case KitError:
		return "a fault of the kit, which says nothing of the subject"
	}
	return "not a verdict that this version of the kit knows"
}

// Thousands writes 1204 as 1,204.
func Thousands[N ~int | ~int64](n N) string {
	text := strconv.FormatInt(int64(n), 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
