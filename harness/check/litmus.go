package check

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/ipckit/ipckit/harness/protocol"
)

// A Litmus is a litmus test of two processes, each on a CPU of its own: how
// often each outcome was seen, over as many runs as were made.
type Litmus struct {
	world      *World
	on         string // the CPUs
	Iterations int64
	Outcomes   []Outcome
}

// An Outcome is what the two processes can have seen.
type Outcome struct {
	Name      string
	Count     int64
	Forbidden bool // it must not happen
}

// Litmus puts each of two processes on a CPU of its own. What is looked for
// happens between processors: on one there is nothing to be seen, and the
// requirement is skipped.
func (w *World) Litmus(a, b *Process) *Litmus {
	cpus := w.CPUs()
	if len(cpus) < 2 {
		w.Skip("this host lets the kit use one CPU, and two processes must run at the same time")
	}
	first, last := cpus[0], cpus[len(cpus)-1]
	a.Pin(first)
	b.Pin(last)
	return &Litmus{world: w, on: fmt.Sprintf("CPUs %d and %d", first, last)}
}

// outcomePair is one of the outcomes in an adapter's reply: "name=count name=count".
var outcomePair = regexp.MustCompile(`([^=]+)=(\d+)(?: |$)`)

// Publish is the litmus test MP (message passing): one writes data and then a
// flag, the other looks at the flag until it is set and then at the data.
func (l *Litmus) Publish(writer, reader *Word, count int64) {
	s := Steps{Count: count, Scratch: l.world.Scratch(0)}
	flag, follow := writer.Begin(protocol.RoleFlag, s), reader.Begin(protocol.RoleFollow, s)
	reply := follow.Whole()
	flag.Right()
	l.Iterations += count
	for _, o := range outcomePair.FindAllStringSubmatch(reply.Outcomes, -1) {
		n, _ := strconv.ParseInt(o[2], 10, 64) // digits alone
		l.count(o[1], n, o[1] == protocol.FlagAlone)
	}
	if reply.Wrong == nil || *reply.Wrong == 0 {
		return
	}
	l.show()
	l.world.Fail("in %d of %d iterations the flag was seen and the data written before it were not, on %s; the first: %s",
		*reply.Wrong, count, l.on, reply.WrongText)
}

// Dekker is the litmus test SB (store buffering): each stores to its own word
// and then loads the other's, at the same moment.
func (l *Litmus) Dekker(first, second *Word, count int64) {
	scratch := l.world.Scratch(2 * count)
	s := Steps{Count: count, Scratch: scratch}
	a, b := first.Begin(protocol.RoleDekker, s), second.Begin(protocol.RoleDekker, s)
	a.Right()
	b.Right()
	var seen [4]int64 // by which process saw the other: bit 0 the first, bit 1 the second
	for marks, i := scratch.Marks(), int64(0); i < 2*count; i += 2 {
		saw := 0
		for side := range int64(2) {
			if marks[i+side] == 2 {
				saw |= 1 << side
			}
		}
		seen[saw]++
	}
	l.Iterations += count
	l.count("both saw", seen[3], false)
	l.count("first alone", seen[1], false)
	l.count("second alone", seen[2], false)
	l.count("neither", seen[0], true)
	if seen[0] == 0 {
		return
	}
	l.show()
	l.world.Fail("in %d of %d iterations neither saw the other's store, on %s", seen[0], count, l.on)
}

// count adds to an outcome. They keep the order in which they were named first.
func (l *Litmus) count(name string, n int64, forbidden bool) {
	for i := range l.Outcomes {
		if l.Outcomes[i].Name == name {
			l.Outcomes[i].Count += n
			return
		}
	}
	l.Outcomes = append(l.Outcomes, Outcome{name, n, forbidden})
}

// Note puts the histogram into the record of a pass.
func (l *Litmus) Note() {
	parts := make([]string, len(l.Outcomes))
	for i, o := range l.Outcomes {
		parts[i] = fmt.Sprintf("%s=%d", o.Name, o.Count)
		if o.Forbidden {
			parts[i] += " (forbidden)"
		}
	}
	l.world.Note("%d iterations on %s: %s", l.Iterations, l.on, strings.Join(parts, ", "))
}

// barWidth is that of the longest bar, in characters.
const barWidth = 40

// show puts the histogram into the evidence as bars. Whatever happened at all
// has one.
func (l *Litmus) show() {
	most, width := int64(1), 0
	for _, o := range l.Outcomes {
		most, width = max(most, o.Count), max(width, len(o.Name))
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d iterations on %s\n", l.Iterations, l.on)
	for _, o := range l.Outcomes {
		bar := int(o.Count * barWidth / most)
		if o.Count > 0 {
			bar = max(bar, 1)
		}
		mark := ""
		if o.Forbidden {
			mark = "  must not happen"
		}
		fmt.Fprintf(&b, "%-*s %9d %s%s\n", width, o.Name, o.Count, strings.Repeat("█", bar), mark)
	}
	l.world.Picture(b.String(), "")
}
