package reports

import (
	"fmt"
	"regexp"
	"strings"
)

// An Interleaving is what two processes did in turn, access by access, and what
// it led to: the witness of a race.
type Interleaving struct {
	ID       string   `json:"id"` // by which it is run again
	Scenario string   `json:"scenario"`
	A        string   `json:"a"` // the operations of the two: "acquire, release"
	B        string   `json:"b"`
	Steps    []Access `json:"steps"`
	Outcome  string   `json:"outcome"`
	Allowed  []string `json:"allowed,omitempty"` // outcomes of one operation after the other
	Deadlock bool     `json:"deadlock,omitempty"`
}

// An Access is one step of an interleaving.
type Access struct {
	Agent string `json:"agent"`           // A or B
	Kind  string `json:"kind,omitempty"`  // load, store, update, lock; call, wait, reply, note
	Place string `json:"place,omitempty"` // in the source: "ring.c:67 put"
	Does  string `json:"does"`            // "load  [shm+168] 0"
}

// visibleSteps are the steps in visible text of bounded length. A loop is shown once.
func (x *Interleaving) visibleSteps() []Access {
	const most = 400
	all := folded(x.Steps, 3, func(a Access) string { return a.key(a.Does) }, func(group []Access, again string) Access {
		return Access{Agent: group[0].Agent, Does: again}
	})
	all = folded(all, 8, func(a Access) string { return a.key(operand.ReplaceAllString(a.Does, "#")) }, func(group []Access, again string) Access {
		return Access{Agent: group[0].Agent, Does: again + ", with other addresses or values"}
	})
	var steps []Access
	for i, s := range all {
		if i == most {
			return append(steps, Access{Agent: s.Agent, Does: fmt.Sprintf("… %d more steps", len(all)-most)})
		}
		steps = append(steps, Access{Agent: oneLine(s.Agent, 8), Kind: s.Kind, Place: oneLine(s.Place, 120), Does: oneLine(s.Does, 200)})
	}
	return steps
}

// key is the same for steps that do the same at the same place.
func (a Access) key(does string) string {
	return strings.Join([]string{a.Agent, a.Kind, a.Place, does}, "\x00")
}

// operand is an address or a value.
var operand = regexp.MustCompile(`0x[0-9a-f]+|[0-9]+`)

// Text shows the interleaving in three columns of a terminal: where in the
// source, what A does, what B does.
//
//	                  A: put             B: get
//	ring.c:67 put     load  [shm+8] 0
//	ring.c:71 get                        load  [shm+8] 0
func (x *Interleaving) Text(width int) string {
	const least, gap = 12, 2
	steps := x.visibleSteps()
	titleA, titleB := "A: "+oneLine(x.A, 60), "B: "+oneLine(x.B, 60)
	place, left, right := 0, columns(titleA), columns(titleB)
	for _, s := range steps {
		place = max(place, columns(s.Place))
		if s.Agent == "B" {
			right = max(right, columns(s.Does))
		} else {
			left = max(left, columns(s.Does))
		}
	}
	width = max(width, 3*least+2*gap)
	if place+left+right+2*gap > width {
		place = min(place, max(width/4, least))
		half := (width - place - 2*gap) / 2
		left = min(left, max(half, width-place-2*gap-right))
		right = min(right, width-place-left-2*gap)
	}
	var b strings.Builder
	row := func(cells ...string) {
		widths := []int{place, left, right}
		var parts [3][]string
		tall := 1
		for i, cell := range cells {
			parts[i] = wrap(cell, widths[i])
			tall = max(tall, len(parts[i]))
		}
		for n := range tall {
			line, at := "", 0
			for i := range parts {
				line += strings.Repeat(" ", max(at-columns(line), 0))
				if n < len(parts[i]) {
					line += parts[i][n]
				}
				at += widths[i] + gap
			}
			b.WriteString(strings.TrimRight(line, " ") + "\n")
		}
	}
	row("", titleA, titleB)
	for _, s := range steps {
		if s.Agent == "B" {
			row(s.Place, "", s.Does)
		} else {
			row(s.Place, s.Does, "")
		}
	}
	for _, line := range x.end() {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// end says what the interleaving led to, and what it might have led to.
func (x *Interleaving) end() []string {
	outcome := oneLine(x.Outcome, 400)
	if x.Deadlock {
		outcome += " (deadlock)"
	}
	list := []string{"outcome: " + outcome}
	for i, allowed := range x.Allowed {
		if i == maxAllowed {
			list = append(list, fmt.Sprintf("     and: %d more", len(x.Allowed)-i))
			break
		}
		list = append(list, []string{"allowed: ", "     and: "}[min(i, 1)]+oneLine(allowed, 400))
	}
	return list
}

// maxAllowed is how many of the allowed outcomes are shown.
const maxAllowed = 6

// turnsPart is what a page shows of an interleaving. All of it is visible text.
type turnsPart struct {
	A, B  string
	Steps []turnPart
	End   []string
}

type turnPart struct {
	Access
	Tone string // class of the row: waits, replies
}

// Shown is a section's interleaving for a page.
func (s section) Shown() turnsPart {
	x := s.Turns
	p := turnsPart{A: oneLine(x.A, 200), B: oneLine(x.B, 200), End: x.end()}
	for _, step := range x.visibleSteps() {
		part := turnPart{Access: step}
		switch step.Kind {
		case "wait":
			part.Tone = "waits"
		case "reply":
			part.Tone = "replies"
		}
		p.Steps = append(p.Steps, part)
	}
	return p
}
