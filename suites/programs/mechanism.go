package programs

import (
	"fmt"
	"strings"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/program"
	"github.com/ipckit/ipckit/harness/ptrace/mechanism"
)

// The programs use every mechanism that the assignment demands, and none that it
// forbids, as their system calls show.
func mechanisms(w *check.World) {
	p := newPair(w)
	r := p.run(program.Scenario{Trace: true})
	if strings.Contains(r.Untraced, "ptrace(") {
		w.Skip("system calls cannot be seen: %s", r.Untraced)
	}
	r.survives()
	w.RuledOut("seen: %s", seen(r.Uses))
	for _, name := range p.claims.Mechanism.Forbid {
		if use := mechanism.Find(r.Uses, name); use != nil {
			w.Fail("%s is forbidden, and was used%s", name, on(*use))
		}
		if !mechanism.Known(name) {
			p.unlinked(name)
		}
	}
	for _, name := range p.claims.Mechanism.Require {
		switch {
		case mechanism.Find(r.Uses, name) != nil:
		case !mechanism.Known(name):
			p.linked(name)
		default:
			r.terminates() // what hangs may have got no further
			if r.Untraced != "" {
				w.Inconclusive("%s was not seen, but not everything could be: %s", name, r.Untraced)
			}
			w.Fail("%s is demanded, and was not used; seen: %s", name, seen(r.Uses))
		}
	}
	w.Note("seen: %s", seen(r.Uses))
}

// linked expects that a program imports a function which makes no system call,
// so that a trace does not show it.
func (p *pair) linked(function string) {
	linked, known := program.Linked(p.dir, p.claims, function)
	switch {
	case linked:
		p.w.RuledOut("%s is linked; whether it is called makes no system call to see", function)
	case known:
		p.w.Fail("%s is demanded, and neither program is linked with it", function)
	default:
		p.w.Inconclusive("%s makes no system call, and what these programs are linked with cannot be told; what can be seen is: %s",
			function, strings.Join(mechanism.Names(), ", "))
	}
}

func (p *pair) unlinked(function string) {
	linked, known := program.Linked(p.dir, p.claims, function)
	switch {
	case linked:
		p.w.Fail("%s is forbidden, and a program is linked with it", function)
	case !known:
		p.w.Inconclusive("%s makes no system call, and what these programs are linked with cannot be told", function)
	}
}

// seen lists mechanisms: "shm_open /buffer, mmap /buffer, fork".
func seen(uses []mechanism.Use) string {
	var list []string
	for _, u := range uses {
		list = append(list, u.Name+on(u))
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// on tells what a mechanism was used on.
func on(u mechanism.Use) string {
	switch n := len(u.Objects); {
	case n == 0:
		return ""
	case n <= 3:
		return " " + strings.Join(u.Objects, " ")
	default:
		return fmt.Sprintf(" %s and %d more", strings.Join(u.Objects[:2], " "), n-2)
	}
}
