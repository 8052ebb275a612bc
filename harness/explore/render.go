package explore

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// A Row is one event as it is shown.
type Row struct {
	Kind  string // as in Event
	Agent string // A or B
	Place string // in the source: "ring.c:67 put"
	Does  string // "load  [shm+168] 0"
}

// Rows are events, in order. Of a loop over a table, or a copy, only the first
// is shown.
func Rows(events []Event) []Row {
	var rows []Row
	for i := 0; i < len(events); i++ {
		e := events[i]
		rows = append(rows, Row{e.Kind, e.Agent, e.Place(), e.Does()})
		same := i + 1
		for same < len(events) && events[same].like(e) {
			same++
		}
		if more := same - i - 1; more >= fold {
			rows = append(rows, Row{e.Kind, e.Agent, e.Place(), fmt.Sprintf("… and so %d times more", more)})
			i = same - 1
		}
	}
	return rows
}

// secondColumn is where what B does is written.
const secondColumn = 40

// Text shows the interleaving in two columns, A on the left and B on the right:
//
//	A ring.c:67 put load  [shm+168] 0
//	                                        B ring.c:68 get lock  [shm+168] 0 -> 1
//	A sleeps in futex_wait(shm+172, 1)
//	A=waits for ever B=ok   allowed: A=ok B=ok
func (v *Violation) Text() string {
	var s strings.Builder
	for _, r := range Rows(v.Events) {
		if r.Agent == B {
			s.WriteString(strings.Repeat(" ", secondColumn))
		}
		s.WriteString(strings.Join(slices.DeleteFunc([]string{r.Agent, r.Place, r.Does}, func(s string) bool { return s == "" }), " "))
		s.WriteByte('\n')
	}
	if v.Outcome.Stuck() {
		s.WriteString("DEADLOCK  ")
	}
	s.WriteString(v.Outcome.String())
	for i, allowed := range v.Allowed {
		if i == 0 {
			s.WriteString("   allowed: ")
		} else {
			s.WriteString(" | ")
		}
		s.WriteString(allowed.String())
	}
	s.WriteByte('\n')
	return s.String()
}

// fold is how many events that are like the one before are left out.
const fold = 3

// like reports whether an event is the same kind of access from the same line,
// and changes nothing: a loop over a table, or a copy.
func (e Event) like(other Event) bool {
	return e.Before != nil && e.After == nil && other.After == nil && e.Agent == other.Agent && e.Kind == other.Kind &&
		e.File == other.File && e.Line == other.Line && e.Function == other.Function && e.Inside == other.Inside
}

// Place is where in the source it happened, as far as that is known.
func (e Event) Place() string {
	var parts []string
	if e.File != "" {
		parts = append(parts, fmt.Sprintf("%s:%d", e.File, e.Line))
	}
	if e.Function != "" {
		parts = append(parts, bareFunction(e.Function))
	}
	return strings.Join(parts, " ")
}

// Does is what was done, with the values: "lock  [shm+168] 0 -> 1".
func (e Event) Does() string {
	if e.Text != "" {
		return e.Text
	}
	s := fmt.Sprintf("%-5s [%s+%d] %s", e.Kind, e.Region, e.Offset, showValue(e.Before, e.Size))
	if e.After != nil {
		s += " -> " + showValue(e.After, e.Size)
	}
	if e.Inside != "" {
		s += " in " + shortFunction(e.Inside)
	}
	if e.Buffered {
		s += ", into the store buffer"
	}
	return s
}

// bareFunction is a function's own name: Put of "ring.(*ring).Put".
func bareFunction(name string) string {
	parts := strings.Split(shortFunction(name), ".")
	last := len(parts) - 1
	for last > 0 && strings.HasPrefix(parts[last], "func") { // a closure bears the name of where it is
		last--
	}
	return parts[last]
}

// shortFunction leaves out the path of a Go package.
func shortFunction(name string) string {
	return name[strings.LastIndexByte(name, '/')+1:]
}

// showValue shows an access's bytes: those of a word as its value.
func showValue(b []byte, size int) string {
	switch {
	case len(b) == 0:
		return fmt.Sprintf("(%d bytes)", size)
	case len(b) > 8 || len(b)&(len(b)-1) != 0:
		return fmt.Sprintf("%d bytes %.32x", size, b)
	}
	var word [8]byte
	copy(word[:], b)
	return showNumber(binary.LittleEndian.Uint64(word[:]))
}
