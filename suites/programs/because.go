package programs

import (
	"fmt"
	"strings"

	"github.com/ipckit/ipckit/harness/program"
)

// mostFailures is how many failed calls a message names.
const mostFailures = 3

// because gives the system calls that failed, which explain what a run that went
// wrong came to where the programs do not look at what their calls return: "the
// consumer's mq_receive of 64 bytes on /parcels failed with EMSGSIZE (message too
// long); ". To see them, the pair is run again under a tracer. It is "" where the
// trace shows none, and where failures are not looked at again.
func (r *result) because() string {
	var hung []string
	for _, b := range r.Hung {
		hung = append(hung, fmt.Sprintf("the %s is %s", b.Process, b.Where))
	}
	r.w.Cause(strings.Join(hung, "; "), "")
	o := r.again()
	if o == nil {
		return ""
	}
	var list []string
	for i, f := range o.Failures {
		if i == mostFailures {
			list = append(list, fmt.Sprintf("%d more calls failed", len(o.Failures)-i))
			break
		}
		list = append(list, r.whose(f.Role)+" "+f.String())
	}
	if len(list) == 0 {
		return ""
	}
	text := strings.Join(list, "; ")
	r.w.Step("ran the pair again, with its system calls traced: %s", text)
	r.w.Cause(text, "What does the program do with the result of that call? Its manual page lists what the error means.")
	return text + "; "
}

// crash says that a program was killed by a signal. Where the pair, run again under a
// tracer, crashes in the same way, it names the place in the source.
func (r *result) crash(p program.Process) string {
	text := fmt.Sprintf("the %s was %v", p.Role, p.Exit)
	if o := r.again(); o != nil {
		for _, q := range o.Processes {
			c := q.Crash
			if c == nil || q.Role != p.Role || c.Signal != p.Exit.Signal || c.String() == "" {
				continue
			}
			if c.Place() != "" {
				r.w.Cause(text+" in "+c.Place(), "Which pointer, length or index does that line use, and which program gave it its value? An address is good in the process alone that made it.")
			}
			return fmt.Sprintf("%s: %v; %s", text, c, r.progress())
		}
	}
	return text + " after " + r.progress()
}

// explain makes what the run came to the cause of what follows from it.
func (r *result) explain() {
	for _, p := range r.Processes {
		if p.Ended && p.Exit.Signal != 0 {
			r.crash(p)
			return
		}
	}
	r.because()
}

// whose names the program that a call was made by.
func (r *result) whose(role string) string {
	if r.claims.Roles.Consumer.StartedBy == program.Producer {
		return "the pair's"
	}
	return fmt.Sprintf("the %s's", role)
}

// again runs the pair once more in the same way, under a tracer. The evidence stays
// that of the first run.
func (r *result) again() *program.Observation {
	switch {
	case r.Scenario.Trace:
		return r.Observation
	case r.traced != nil || !r.w.LooksCloser():
		return r.traced
	}
	p := r.pair
	if err := p.w.Clean(); err != nil {
		return nil
	}
	if p.residue != nil {
		p.residue.remove()
	}
	dir, err := program.Prepare(p.w.World, p.w.Suite().Programs)
	if err != nil {
		return nil
	}
	s := r.Scenario
	s.Trace = true
	if r.traced, err = program.Run(p.w.Context(), p.w.World, dir, p.claims, s); err != nil {
		r.traced = nil
	}
	return r.traced
}
