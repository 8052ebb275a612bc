package explore

import (
	"encoding/binary"
	"fmt"
	"strings"
)

// secondColumn is where what B does is written.
const secondColumn = 40

// Text shows the interleaving in two columns, A on the left and B on the right:
//
//	A ring.c:67 put  load [shm+168] 0
//	                                        B ring.c:68 get  lock [shm+168] 0 -> 1
//	A sleeps in futex_wait(shm+172, 1)
//	A=waits for ever B=ok   allowed: A=ok B=ok
func (v *Violation) Text() string {
	var s strings.Builder
	line := func(agent, text string) {
		if agent == B {
			s.WriteString(strings.Repeat(" ", secondColumn))
		}
		s.WriteString(text)
		s.WriteByte('\n')
	}
	for i := 0; i < len(v.Events); i++ {
		e := v.Events[i]
		line(e.Agent, e.String())
		same := i + 1
		for same < len(v.Events) && v.Events[same].like(e) {
			same++
		}
		if more := same - i - 1; more >= fold {
			line(e.Agent, fmt.Sprintf("%s … and so %d times more", e.Agent, more))
			i = same - 1
		}
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

// String is the event on one line.
func (e Event) String() string {
	parts := []string{e.Agent}
	if e.File != "" {
		parts = append(parts, fmt.Sprintf("%s:%d", e.File, e.Line))
	}
	if e.Function != "" {
		parts = append(parts, shortFunction(e.Function))
	}
	if e.Text != "" {
		return strings.Join(append(parts, e.Text), " ")
	}
	s := fmt.Sprintf("%s  %-5s [%s+%d] %s", strings.Join(parts, " "), e.Kind, e.Region, e.Offset, showValue(e.Before, e.Size))
	if e.After != nil {
		s += " -> " + showValue(e.After, e.Size)
	}
	if e.Inside != "" {
		s += " in " + shortFunction(e.Inside)
	}
	return s
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
	v := binary.LittleEndian.Uint64(word[:])
	if v > 1<<20 {
		return fmt.Sprintf("%#x", v)
	}
	return fmt.Sprint(v)
}
