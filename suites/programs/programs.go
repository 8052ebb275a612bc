// Package programs holds the specs over unmodified programs: a producer and a
// consumer as they were handed in, run and observed from outside.
//
// What is judged are multisets and the order of one producer, never the order of
// lines of different processes: two programs that print at once say nothing about
// which came first. What was not printed was not observed, which is a verdict of
// its own and not the same as wrong.
package programs

import (
	"regexp"
	"strings"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/program"
)

// Programs registers the specs of the family PROG.
func Programs(s *check.Suite) {
	s.It("PROG-BUILD", build, check.Once())
	s.It("PROG-RUN", ends)
	s.It("PROG-CONTENT", content)
	s.It("PROG-ORDER", order)
	s.It("PROG-ALONE", alone)
	s.It("PROG-MECHANISM", mechanisms)
	s.It("PROG-FIRST", consumerFirst)
	s.It("PROG-AGAIN", again)
	s.It("PROG-LAST", last)
	s.It("PROG-NOLEAK", noLeak)
}

// The build command ends with status 0 and makes every program that the roles
// name.
func build(w *check.World) {
	w.Untidy()
	w.Step("built the programs: %s", w.Claims().Build)
	if err := w.Suite().BuildErr; err != nil {
		if tool := missingTool(err); tool != "" {
			w.Inconclusive("this host has no %s, which the build needs: install it, or name another in the claims\n%v", tool, err)
		}
		w.Fail("%v", err)
	}
	p := w.Claims().Programs
	for role, command := range map[string]string{program.Producer: p.Roles.Producer.Command, program.Consumer: p.Roles.Consumer.Command} {
		if err := program.Built(w.Suite().Programs, role, command); err != nil {
			w.Fail("%v", err)
		}
	}
}

// notFound is what shells say of a command that is not there, with status 127.
var notFound = regexp.MustCompile(`(?m)([\w.+/-]+): (?:command )?not found$`)

// missingTool is the command that a build did not find on this host, or "". That
// is not the programs' fault.
func missingTool(err error) string {
	m := notFound.FindStringSubmatch(err.Error())
	if m == nil || !strings.Contains(err.Error(), "127") {
		return ""
	}
	return m[1]
}

// Started as described, producer and consumer end by themselves, each with
// status 0.
func ends(w *check.World) {
	r := newPair(w).run(program.Scenario{})
	r.survives()
	if failed := r.failures(); len(failed) > 0 {
		w.Fail("%s", strings.Join(failed, "; "))
	}
	r.terminates()
}

// The items consumed are the items produced.
func content(w *check.World) {
	r := newPair(w).run(program.Scenario{})
	r.survives()
	r.terminates()
	r.same()
}

// Items are consumed in the claimed order.
func order(w *check.World) {
	p := newPair(w)
	if p.claims.Observe.Order == "any" {
		w.Note("the claims promise no order")
		return
	}
	r := p.run(program.Scenario{})
	r.survives()
	r.terminates()
	r.seen()
	d := program.Compare(r.Produced, r.Consumed)
	if d.Misplaced >= 0 {
		r.fail("item %d consumed was %s, where %s was next: produced %s; consumed %s",
			d.Misplaced+1, show(d.Found), show(d.Want), sequence(r.Produced), sequence(r.Consumed))
	}
	if distinct(r.Produced) < 2 {
		w.Unobserved("all items look the same, so that their order cannot be seen; print something that tells them apart")
	}
}

// A consumer that is started without a producer consumes nothing.
func alone(w *check.World) {
	p := newPair(w)
	// With a producer it must be seen to consume, else seeing nothing without one
	// would prove nothing.
	control := p.run(program.Scenario{})
	control.survives()
	control.terminates()
	control.seen()
	w.RuledOut("with a producer it consumes %d", len(control.Consumed))

	p.startAfresh()
	r := p.run(program.Scenario{Only: program.Consumer})
	r.survives()
	if n := len(r.Consumed); n > 0 {
		w.Fail("nobody produced anything, and the consumer consumed %d: %s", n, sequence(r.Consumed))
	}
}

// The pair works when the consumer is started first.
func consumerFirst(w *check.World) {
	newPair(w).run(program.Scenario{First: program.Consumer}).works()
}

// A second run, without any cleaning up after the first, works like the first.
func again(w *check.World) {
	p := newPair(w)
	first := p.run(program.Scenario{})
	if first.survived() && first.Why == "" {
		first.seen()
	}
	if !first.worked() {
		w.Unobserved("the first run was not right itself, so that a second would say nothing of what the first has left; see PROG-RUN and PROG-CONTENT")
	}
	w.RuledOut("the first run was right")
	w.Step("nothing was cleaned up")
	p.run(program.Scenario{}).works()
}

// After the run nothing is left.
func noLeak(w *check.World) {
	p := newPair(w)
	r := p.run(program.Scenario{})
	r.survives()
	r.terminates()
	r.leavesNothing()
}
