// Package programs holds the specs for unmodified programs: a producer and a
// consumer that are run and observed from outside.
//
// The specs judge the multisets of items and the order of one producer's items,
// never the order of lines of different processes, which says nothing about the
// order of events. Items that were not printed were not observed: that is a
// verdict of its own and no failure.
package programs

import (
	"regexp"
	"strings"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/program"
)

// Specs registers the specs of the family PROG.
func Specs(s *check.Suite) {
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

// The build command ends with status 0 and produces every program that the roles
// name.
func build(w *check.World) {
	w.IgnoreLeftovers()
	w.Step("built the programs: %s", w.Claims().Build)
	if err := w.Suite().BuildErr; err != nil {
		if tool := missingTool(err); tool != "" {
			w.Cause("no "+tool, "")
			w.Inconclusive("this host has no %s, which the build needs: install it, or name another in the claims\n%v", tool, err)
		}
		w.Cause(notBuilt, "")
		w.Fail("%v", err)
	}
	p := w.Claims().Programs
	for role, command := range map[string]string{program.Producer: p.Roles.Producer.Command, program.Consumer: p.Roles.Consumer.Command} {
		if err := program.Built(w.Suite().Programs, role, command); err != nil {
			w.Fail("%v", err)
		}
	}
}

// notBuilt is the cause of all that follows from a failed build.
const notBuilt = "the programs could not be built"

// notFound is the message of shells for a command that does not exist; their
// status is 127.
var notFound = regexp.MustCompile(`(?m)([\w.+/-]+): (?:command )?not found$`)

// missingTool returns the command that a build did not find on this host, or "". A
// missing command is not a fault of the programs.
func missingTool(err error) string {
	m := notFound.FindStringSubmatch(err.Error())
	if m == nil || !strings.Contains(err.Error(), "127") {
		return ""
	}
	return m[1]
}

// Started as described, producer and consumer each end by themselves with status
// 0.
func ends(w *check.World) {
	r := newPair(w).run(program.Scenario{})
	r.survives()
	if failed := r.failures(); len(failed) > 0 {
		w.Fail("%s%s", r.because(), strings.Join(failed, "; "))
	}
	r.terminates()
}

// The consumed items are the produced items.
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
		w.Note("the claims state no order")
		return
	}
	r := p.run(program.Scenario{})
	r.survives()
	r.terminates()
	r.seen()
	if len(r.Produced) == 1 {
		w.Skip("one item alone has no order")
	}
	d, of := r.Difference(), ""
	if p.claims.Observe.Order == "per-producer" {
		var shown bool
		if d, shown = r.DifferenceByProducer(); !shown {
			w.Skip("the items do not show which producer made them, so the order of each cannot be checked: name it by a group (?P<%s>…) of the patterns", program.ProducerGroup)
		}
		of = " of its producer"
	}
	if d.Misplaced >= 0 {
		r.fail("consumed item %d%s is %s, but %s was next; produced: %s; consumed: %s",
			d.Misplaced+1, of, show(d.Found), show(d.Want), sequence(r.Produced), sequence(r.Consumed))
	}
	if distinct(r.Produced) < 2 {
		w.Unobserved("all items look the same, so their order cannot be observed; print something that distinguishes them")
	}
}

// A consumer that is started without a producer consumes nothing.
func alone(w *check.World) {
	p := newPair(w)
	// Only a consumer that prints items when there is a producer shows, by printing
	// none, that it consumes none without one.
	control := p.run(program.Scenario{})
	control.survives()
	control.terminates()
	control.seen()
	w.RuledOut("with a producer it consumes %s", items(len(control.Consumed)))

	p.startAfresh()
	r := p.run(program.Scenario{Only: program.Consumer})
	r.survives()
	if n := len(r.Consumed); n > 0 {
		w.Fail("the consumer consumed %s without a producer: %s", items(n), sequence(r.Consumed))
	}
}

// The pair works when the consumer is started first.
func consumerFirst(w *check.World) {
	newPair(w).run(program.Scenario{First: program.Consumer}).works()
}

// A second run, without any clean-up after the first, works like the first.
func again(w *check.World) {
	p := newPair(w)
	first := p.run(program.Scenario{})
	if first.survived() && first.Why == "" {
		first.seen()
	}
	if !first.worked() {
		first.explain()
		w.Unobserved("the first run already went wrong, so a second would show nothing about what the first left; see PROG-RUN and PROG-CONTENT")
	}
	if first.Cut {
		w.Skip("the producer never ends, so the kit ended it in the middle, and what it left is not what a whole run leaves")
	}
	w.RuledOut("the first run works")
	w.Step("left everything as it was after the first run")
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
