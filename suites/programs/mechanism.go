package programs

import (
	"fmt"
	"strings"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/program"
	"github.com/ipckit/ipckit/harness/ptrace/mechanism"
)

// The programs use every mechanism that the assignment requires and none that it
// forbids, as their system calls show.
func mechanisms(w *check.World) {
	p := newPair(w)
	r := p.run(program.Scenario{Trace: true})
	if strings.Contains(r.Untraced, "ptrace(") {
		w.Skip("system calls cannot be traced on this host: %s", r.Untraced)
	}
	r.survives()
	if len(r.Uses) > 0 {
		w.RuledOut("IPC calls seen: %s", seen(r.Uses))
	}
	for _, name := range p.claims.Mechanism.Forbid {
		if use := mechanism.Find(r.Uses, name); use != nil {
			w.Fail("%s is forbidden but was called%s", name, on(*use))
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
			r.terminates() // a program that hangs may call it later
			if r.Untraced != "" {
				w.Inconclusive("no call of %s was seen, but not all calls could be traced: %s", name, r.Untraced)
			}
			if len(r.Uses) == 0 {
				w.Fail("%s is required but was not called; no IPC calls were seen", name)
			}
			w.Fail("%s is required but was not called; IPC calls seen: %s", name, seen(r.Uses))
		}
	}
	if len(r.Uses) == 0 {
		w.Note("no IPC calls were seen")
		return
	}
	w.Note("IPC calls seen: %s", seen(r.Uses))
}

// linked expects that a program imports a function that makes no system call, so
// that a trace does not show it.
func (p *pair) linked(function string) {
	linked, known := program.Linked(p.dir, p.claims, function)
	switch {
	case linked:
		p.w.RuledOut("a program imports %s; whether it calls it does not show, since it makes no system call", function)
	case known:
		p.w.Fail("%s is required but neither program imports it", function)
	default:
		p.w.Inconclusive("%s makes no system call, and it cannot be determined what these programs import; mechanisms that can be seen: %s",
			function, strings.Join(mechanism.Names(), ", "))
	}
}

// unlinked expects that no program imports such a function.
func (p *pair) unlinked(function string) {
	linked, known := program.Linked(p.dir, p.claims, function)
	switch {
	case linked:
		p.w.Fail("%s is forbidden but a program imports it", function)
	case !known:
		p.w.Inconclusive("%s makes no system call, and it cannot be determined what these programs import", function)
	}
}

// seen lists mechanisms: "shm_open /buffer, mmap /buffer, fork".
func seen(uses []mechanism.Use) string {
	var list []string
	for _, u := range uses {
		list = append(list, u.Name+on(u))
	}
	return strings.Join(list, ", ")
}

// on lists the objects that a mechanism was used on, with a leading space.
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
