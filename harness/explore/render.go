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
	for _, e := range v.Events {
		if e.Agent == B {
			s.WriteString(strings.Repeat(" ", secondColumn))
		}
		s.WriteString(e.String())
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
