package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

// A Change is a requirement whose verdict differs between two records. Before
// or After is "" where a record does not have it.
type Change struct {
	Requirement string
	Before      Verdict
	After       Verdict
	Message     string // what the later record says of it, in a line
}

// Diff compares two records of the same subject, or of two subjects, and gives
// the requirements whose verdicts differ: those that got worse first, then by
// id.
func Diff(before, after *Record) []Change {
	changes := map[string]Change{}
	for _, r := range before.Results {
		changes[r.Requirement] = Change{Requirement: r.Requirement, Before: r.Verdict}
	}
	for _, r := range after.Results {
		c := changes[r.Requirement]
		c.Requirement, c.After, c.Message = r.Requirement, r.Verdict, r.Message
		changes[r.Requirement] = c
	}
	var list []Change
	for _, c := range changes {
		if c.Before != c.After && !c.empty() {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.order(), b.order()), cmp.Compare(a.Requirement, b.Requirement))
	})
	return list
}

// empty reports whether one record lists a requirement that was not put to the
// subject, and the other does not list it: versions before 0.2 listed those
// without a check.
func (c Change) empty() bool {
	return c.Before == "" && !c.After.judged() || c.After == "" && !c.Before.judged()
}

// Worse reports whether the subject lost something that it had: a verdict came
// down, a requirement that held is gone, or a new one does not hold.
func (c Change) Worse() bool {
	switch {
	case c.Before == "":
		return c.After.standing() < notJudged
	case c.After == "":
		return c.Before == Pass
	}
	return c.After.standing() < c.Before.standing()
}

// Better reports whether the subject gained something.
func (c Change) Better() bool {
	switch {
	case c.Before == "":
		return c.After == Pass
	case c.After == "":
		return false // a requirement that is not looked at has not been met
	}
	return c.After.standing() > c.Before.standing()
}

// Standings of verdicts, from the worst to the best. They differ from the order
// of [Verdicts], which says what hides what.
const (
	failed    = iota
	known     // falls short, as its author said
	undecided // may hold
	notJudged // not asked for, or this host could not
	holds
)

func (v Verdict) standing() int {
	switch v {
	case Pass, KnownFixed:
		return holds
	case Skipped, NotClaimed, NotChecked, Excluded:
		return notJudged
	case Inconclusive, KitError:
		return undecided
	case KnownFail:
		return known
	}
	return failed
}

func (c Change) order() int {
	switch {
	case c.Worse():
		return 0
	case c.Better():
		return 2
	}
	return 1
}

// how says in a word what sort of change it is.
func (c Change) how() string {
	switch {
	case c.Before == "":
		return "new"
	case c.After == "":
		return "gone"
	case c.Worse():
		return "worse"
	case c.Better():
		return "better"
	}
	return "changed"
}

// WriteDiff writes a line for each change, and nothing where there is none:
//
//	worse   BUF-FIFO   pass → fail  item 7 came before item 6
func WriteDiff(w io.Writer, changes []Change) error {
	ids, verdicts := 0, 0
	for _, c := range changes {
		ids, verdicts = max(ids, columns(visible(c.Requirement))), max(verdicts, columns(c.step()))
	}
	for _, c := range changes {
		line := fmt.Sprintf("%-8s%s  %s", c.how(), pad(visible(c.Requirement), ids), pad(c.step(), verdicts))
		if c.Message != "" && c.After.standing() < holds {
			line += "  " + firstLine(c.Message)
		}
		if _, err := fmt.Fprintln(w, trimRight(line)); err != nil {
			return err
		}
	}
	return nil
}

func (c Change) step() string {
	return fmt.Sprintf("%s → %s", cmp.Or(string(c.Before), "none"), cmp.Or(string(c.After), "none"))
}
