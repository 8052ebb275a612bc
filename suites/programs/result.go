package programs

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/program"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// A result is one run, to be judged.
type result struct {
	*program.Observation
	w      *check.World
	pair   *pair
	claims subject.Programs
	right  []string             // what is right so far
	traced *program.Observation // a second run like it, under a tracer; nil: there was none
}

// isRight notes something that is right in this run. It is reported only with a
// failure of the same run, since it rules out nothing for another run.
func (r *result) isRight(format string, args ...any) {
	r.right = append(r.right, fmt.Sprintf(format, args...))
}

// fail ends the spec, and reports what is right in this run.
func (r *result) fail(format string, args ...any) {
	r.reportRight()
	r.w.Fail("%s%s", r.because(), fmt.Sprintf(format, args...))
}

func (r *result) reportRight() {
	for _, text := range r.right {
		r.w.RuledOut("%s", text)
	}
}

// survives expects that no program crashed or flooded its output: where one did,
// there is nothing else to judge.
func (r *result) survives() {
	for _, p := range r.Processes {
		if p.Flooded {
			r.w.Fail("the %s printed more than %d MiB and was stopped; look for a loop that never ends", p.Role, r.Scenario.OutputLimit>>20)
		}
		if p.Ended && p.Exit.Signal != 0 {
			r.w.Crash("%s", r.crash(p))
		}
	}
}

// progress says how far the run got: "3 items were produced and 2 consumed".
func (r *result) progress() string {
	verb := "were"
	if len(r.Produced) == 1 {
		verb = "was"
	}
	return fmt.Sprintf("%s %s produced and %d consumed", items(len(r.Produced)), verb, len(r.Consumed))
}

// survived reports whether no program crashed or flooded its output.
func (r *result) survived() bool {
	return !slices.ContainsFunc(r.Processes, func(p program.Process) bool {
		return p.Flooded || p.Ended && p.Exit.Signal != 0
	})
}

// terminates expects that the run ended by itself.
func (r *result) terminates() {
	if r.Why == "" {
		r.isRight("both programs ended")
		return
	}
	var parts []string
	for _, p := range r.Processes {
		if p.Ended {
			parts = append(parts, fmt.Sprintf("the %s had ended with %v", p.Role, p.Exit))
		}
	}
	for _, b := range r.Hung {
		if b.Where != "" {
			parts = append(parts, fmt.Sprintf("the %s is %s", b.Process, b.Where))
		}
	}
	r.w.Timeout("%s%s", r.because(), strings.Join(append(parts, r.Why, r.progress()), "; "))
}

// failures lists the programs that ended by themselves with a status other than
// 0.
func (r *result) failures() (list []string) {
	for _, p := range r.Processes {
		if !p.Ended || p.Exit.OK() {
			continue
		}
		text := fmt.Sprintf("the %s ended with %v", p.Role, p.Exit)
		if line := r.lastLine(p.Role); line != "" {
			text += fmt.Sprintf("; its last line was %q", line)
		}
		list = append(list, text)
	}
	return list
}

// lastLine is the last line that a program printed on its standard error, or, if
// there is none, on its standard output.
func (r *result) lastLine(role string) string {
	last := ""
	for _, o := range r.Outputs {
		if o.Process != role {
			continue
		}
		lines := strings.Split(strings.TrimSpace(o.Text), "\n")
		if line := strings.TrimSpace(lines[len(lines)-1]); line != "" {
			last = clip(line, 120)
		}
	}
	return last
}

// seen expects that items were observed, unless the run has none.
func (r *result) seen() {
	if r.Scenario.Items == 0 && r.claims.TakesItems() {
		return
	}
	r.seenBy(program.Producer, r.Produced, r.claims.Observe.Produced)
	if len(r.Consumed) == 0 && r.sample(program.Consumer) == "" && r.pair.canShow() {
		r.w.Observed(r.Outputs, r.Hung, nil) // of the run that is judged
		return
	}
	r.seenBy(program.Consumer, r.Consumed, r.claims.Observe.Consumed)
}

func (r *result) seenBy(role string, items []program.Item, pattern string) {
	verb := map[string]string{program.Producer: "produced", program.Consumer: "consumed"}[role]
	switch sample := r.sample(role); {
	case len(items) > 0:
	case role == program.Consumer && r.claims.Observe.File != "":
		r.w.Unobserved("no consumed items were observed: %s is missing or holds no item", r.claims.Observe.File)
	case sample != "":
		r.w.Unobserved("no %s items were observed: no line of the %s matches the pattern %s; its first line was %q", verb, role, pattern, clip(sample, 120))
	default:
		r.w.Unobserved("no %s items were observed: the %s printed nothing", verb, role)
	}
}

// sample is a line of a role that did not match its pattern. Where the producer
// starts the consumer, the lines of both count as the producer's.
func (r *result) sample(role string) string {
	if s := r.Unmatched[role]; s != "" || r.Process(role) != nil {
		return s
	}
	return r.Unmatched[program.Producer]
}

// same expects that the consumed items are the produced ones.
func (r *result) same() {
	r.seen()
	if !r.asked() {
		r.fail("the producer was started for %s and produced %d: %s", items(r.Scenario.Items), len(r.Produced), sequence(r.Produced))
	}
	d := r.Difference()
	if d.Same() {
		n := len(r.Produced)
		if r.Cut {
			n = min(n, r.Scenario.Items) // what was asked for
		}
		r.isRight("all items arrived (%s)", items(n))
		return
	}
	arrived := len(r.Consumed) > 0
	if arrived && len(d.Twice) == 0 {
		r.isRight("nothing was consumed twice")
	}
	if arrived && d.Misplaced < 0 {
		r.isRight("the items that arrived are in order")
	}
	r.fail("%s. %s", r.progress(), describe(d, r.Produced))
}

// worked reports whether the run meets what works expects.
func (r *result) worked() bool {
	return r.survived() && r.Why == "" && r.asked() && r.Difference().Same()
}

// asked reports whether as many items were produced as requested.
func (r *result) asked() bool { return !r.claims.TakesItems() || len(r.Produced) == r.Scenario.Items }

// works expects a run that is right in every way but the order of its items: no
// program crashed or hangs, and all items arrived. If a program ended with an
// error, its message is reported first, since it explains what is missing.
func (r *result) works() {
	r.survives()
	d := r.Difference()
	if failed := r.failures(); len(failed) > 0 && (r.Why != "" || !d.Same() || len(r.Produced) == 0) {
		r.w.Fail("%s%s; %s", r.because(), strings.Join(failed, "; "), r.progress())
	}
	r.terminates()
	r.same()
}

// leavesNothing expects that nothing is left but what the claims allow. The
// requirement does not cover files.
func (r *result) leavesNothing() {
	r.w.Step("looked for processes, shared memory, semaphores and queues that were left")
	ctx, cancel := context.WithTimeout(r.w.Context(), 10*time.Second)
	defer cancel()
	found, unseen := r.w.Leftovers(ctx)
	var left, allowed []string
	for _, l := range found {
		switch {
		case l.Kind == world.File || l.Kind == world.Socket:
		case r.mayStay(l.Name):
			allowed = append(allowed, l.Name)
		default:
			left = append(left, l.String())
		}
	}
	for _, file := range r.pair.residue.left() {
		if name := objectName(file); r.mayStay(name) {
			allowed = append(allowed, name)
		} else {
			left = append(left, file)
		}
	}
	r.w.Observed(r.Outputs, r.Hung, left)
	if len(left) > 0 && r.Cut {
		r.w.Skip("the producer never ends, so the kit ended it in the middle; it left: %s", strings.Join(left, "; "))
	}
	if len(left) > 0 {
		r.reportRight()
		r.w.Leak("left behind: %s", strings.Join(left, "; "))
	}
	for _, u := range unseen {
		if u.Kind != world.File && u.Kind != world.Socket && !r.pair.residue.unused(u.Kind) {
			r.w.Inconclusive("nothing was found, but not everything can be checked on this host: %s", u)
		}
	}
	if len(allowed) > 0 {
		r.w.Note("left, as the claims allow: %s", strings.Join(allowed, ", "))
	}
}

// mayStay reports whether the claims allow an object to be left. Names are compared
// as they are commonly written: /full, full, /sem.full and
// /dev/shm/sem.full are one semaphore; System V objects are named by their key,
// 0x1234 or 4660.
func (r *result) mayStay(name string) bool {
	_, key, systemV := strings.Cut(name, "key ")
	for _, allowed := range r.claims.Cleanup.Allow {
		if systemV {
			a, err := strconv.ParseUint(allowed, 0, 32)
			k, kerr := strconv.ParseUint(key, 0, 32)
			if err == nil && kerr == nil && a == k {
				return true
			}
		} else if plain(allowed) == plain(name) {
			return true
		}
	}
	return false
}

func plain(name string) string {
	for _, prefix := range []string{"/dev/shm", "/dev/mqueue"} {
		name = strings.TrimPrefix(name, prefix)
	}
	return strings.TrimPrefix(strings.TrimPrefix(name, "/"), "sem.")
}
