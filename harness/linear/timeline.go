package linear

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/ipckit/ipckit/harness/history"
)

// Text returns the witness as a picture in characters: a bar for each operation,
// from its invocation to its return, under a sentence that says what is wrong.
//
//	FIFO violated: A was in the queue before B was sent, yet …
//	  p0 send A   ├───┤                      +0..+48 ns
//	  p2 send B           ├───┤              +54..+143 ns
//	  p1 recv → B                 ├───┤      +1532..+1645 ns
//
// The picture keeps the order of instants but is not to scale, since gaps can be
// thousands of times longer than bars. The times are on the right, relative to the
// first invocation.
func (w *Witness) Text() string {
	const width = 4 // columns between two neighbouring instants
	c := newChart(w.Steps)
	var b strings.Builder
	b.WriteString(w.Reason)
	for i, s := range w.Steps {
		from, to := c.column(s.Op.Inv)*width, c.end(&s.Op)*width
		right := "┤"
		if s.Op.Ret == 0 {
			right = "╌" // it never returned
		}
		bar := strings.Repeat(" ", from) + "├" + strings.Repeat("─", to-from-1) + right
		fmt.Fprintf(&b, "\n  %-*s %s%s %s", c.labelWidth, c.labels[i], bar, strings.Repeat(" ", c.columns*width-to), c.times(&s.Op))
	}
	b.WriteByte('\n')
	return b.String()
}

// A chart lays out the steps of a witness: one column for each instant.
type chart struct {
	instants   []int64 // ascending, distinct
	columns    int     // between the first instant and the right end
	labels     []string
	labelWidth int // characters
}

func newChart(steps []Step) *chart {
	c := new(chart)
	for i := range steps {
		s := &steps[i]
		c.instants = append(c.instants, s.Op.Inv)
		if s.Op.Ret != 0 {
			c.instants = append(c.instants, s.Op.Ret)
		}
		label := fmt.Sprintf("p%d %s", s.Process, s.label())
		c.labels = append(c.labels, label)
		c.labelWidth = max(c.labelWidth, utf8.RuneCountInString(label))
	}
	slices.Sort(c.instants)
	c.instants = slices.Compact(c.instants)
	c.columns = len(c.instants) - 1
	for i := range steps {
		o := &steps[i].Op
		if o.Ret == 0 { // its bar extends beyond all instants
			c.columns = max(c.columns, len(c.instants))
			continue
		}
		c.columns = max(c.columns, c.end(o))
	}
	return c
}

func (c *chart) column(t int64) int {
	i, _ := slices.BinarySearch(c.instants, t)
	return i
}

// end is the column where the bar of an operation ends, at least one after its
// begin.
func (c *chart) end(o *history.Op) int {
	if o.Ret == 0 {
		return c.columns
	}
	return max(c.column(o.Ret), c.column(o.Inv)+1)
}

// times shows when the operation began and ended, relative to the first instant.
func (c *chart) times(o *history.Op) string {
	from := o.Inv - c.instants[0]
	if o.Ret == 0 {
		return fmt.Sprintf("+%d ns, never returned", from)
	}
	return fmt.Sprintf("+%d..+%d ns", from, o.Ret-c.instants[0])
}

// label shows the operation and its result.
func (s *Step) label() string {
	o := &s.Op
	name := s.Name
	if name == "" && o.Status == history.OK {
		name = fmt.Sprintf("%#x", o.Value)
	}
	text := o.Kind.String()
	switch o.Kind {
	case history.Send, history.Write:
		text += " " + name
		if o.Kind == history.Send && o.Status == history.OK && o.Aux > 0 {
			text += fmt.Sprintf(", priority %d", o.Aux)
		}
	case history.Swap:
		if o.Status != history.Failed {
			text += " " + name
		}
	}
	switch {
	case o.Status != history.OK:
		return fmt.Sprintf("%s → %v", strings.TrimSpace(text), o.Status)
	case o.Ret == 0:
		return text
	case o.Kind == history.Receive || o.Kind == history.Read || o.Kind == history.Add:
		return text + " → " + name
	case o.Kind == history.Lock || o.Kind == history.Unlock || o.Kind == history.LockRead || o.Kind == history.UnlockRead:
		return strings.TrimSpace(text + " " + s.Name)
	}
	return text
}
