package program

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/ptrace/mechanism"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// Run runs a pair once in a world, in a directory that [Prepare] made, and
// waits until it has ended, is deadlocked, or has used up its time. What the
// programs do is never an error: an error means that they could not be run. Run
// does not remove processes and objects that the programs leave, so that a second
// run meets what the first one left.
//
// A pair is deadlocked when for two seconds each of its processes has been asleep
// in a system call without a time limit, and none was scheduled even once: then
// no process is left that could wake another.
func Run(ctx context.Context, w *world.World, dir string, p subject.Programs, s Scenario) (*Observation, error) {
	s.Limit = cmp.Or(s.Limit, DefaultLimit)
	s.Quiet = cmp.Or(s.Quiet, DefaultQuiet)
	s.OutputLimit = cmp.Or(s.OutputLimit, DefaultOutputLimit)
	r := &run{world: w, dir: dir, claims: p, s: s, o: &Observation{Scenario: s, Unmatched: map[string]string{}}}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	r.began = time.Now()
	r.sink = newSink(r.began)
	err := r.execute(ctx)
	r.collect()
	return r.o, err
}

// run is a run in progress.
type run struct {
	world  *world.World
	dir    string
	claims subject.Programs
	s      Scenario
	o      *Observation

	path     []string // where commands are looked up
	patterns map[string]*regexp.Regexp
	input    string // the lines of {file}
	began    time.Time
	sink     *sink
	programs []*program

	enoughAt    time.Time // when more had been produced than was asked for, see endless
	enoughItems int       // how many
	cutAt       time.Time
}

func (r *run) did(format string, args ...any) {
	r.o.Did = append(r.o.Did, fmt.Sprintf(format, args...))
}

// prepare compiles the patterns and writes what the programs will read.
func (r *run) prepare() error {
	r.path = searchPath(os.Geteuid() == 0 && r.world.User() != 0)
	r.patterns = map[string]*regexp.Regexp{}
	roles := r.claims.Roles
	for name, text := range map[string]string{
		"produced": r.claims.Observe.Produced, "consumed": r.claims.Observe.Consumed,
		Producer: roles.Producer.Ready, Consumer: roles.Consumer.Ready,
	} {
		if text == "" {
			continue
		}
		re, err := regexp.Compile(text)
		if err != nil {
			return fmt.Errorf("pattern %s: %w", name, err)
		}
		r.patterns[name] = re
	}
	if !r.asksFor("{file}") {
		return nil
	}
	r.o.Given = lines(r.s.Items, r.s.Seed)
	for _, line := range r.o.Given {
		r.input += line + "\n"
	}
	if err := place(r.dir, InputName, r.input); err != nil {
		return fmt.Errorf("write %s for the programs: %w", InputName, err)
	}
	r.did("wrote %s with %d lines", InputName, r.s.Items)
	return nil
}

func (r *run) asksFor(placeholder string) bool {
	for _, role := range []subject.Role{r.claims.Roles.Producer, r.claims.Roles.Consumer} {
		if strings.Contains(role.Command+role.Stdin, placeholder) {
			return true
		}
	}
	return false
}

// order lists the roles to start.
func (r *run) order() []string {
	producer, consumer := r.claims.Roles.Producer, r.claims.Roles.Consumer
	switch {
	case r.s.Only != "":
		return []string{r.s.Only}
	case consumer.StartedBy == Producer:
		return []string{Producer}
	case r.s.First == Consumer, r.s.First == "" && consumer.Ready != "" && producer.Ready == "":
		return []string{Consumer, Producer}
	}
	return []string{Producer, Consumer}
}

// execute starts the programs in their order and waits for the end of the run.
func (r *run) execute(ctx context.Context) error {
	for i, role := range r.order() {
		if i > 0 {
			r.settle(ctx, r.programs[i-1])
		}
		if err := r.start(ctx, role); err != nil {
			r.endAll()
			return err
		}
	}
	if r.s.Hold {
		r.holdBack(ctx)
	}
	if err := r.watch(ctx); err != nil {
		r.endAll()
		return err
	}
	return nil
}

// collect closes the streams and fills in the observation.
func (r *run) collect() {
	for _, p := range r.programs {
		for _, s := range p.streams {
			s.channel.finish()
			s.channel.abandon(lateOutput)
			<-s.done
			s.channel.close()
			r.o.Outputs = append(r.o.Outputs, s.output())
		}
		r.o.Processes = append(r.o.Processes, p.report())
		r.sample(p)
	}
	r.o.Produced, r.o.Consumed = r.sink.produced, r.sink.consumed
	if r.claims.Observe.Produced == "" {
		for i, line := range r.o.Given {
			r.o.Produced = append(r.o.Produced, Item{Text: line, Role: Producer, Line: i + 1})
		}
	}
	r.readResult()
	r.readTraces()
	r.o.Elapsed = time.Since(r.began)
}

// lateOutput is how long output is still read after the end of its program, if a
// process that the program started holds the channel open.
const lateOutput = 300 * time.Millisecond

// sample keeps the first line of a role that printed lines of which none matched.
func (r *run) sample(p *program) {
	for _, s := range p.streams {
		if s.matched || len(s.patterns) == 0 {
			delete(r.o.Unmatched, p.role)
			return
		}
		if s.sample != "" && r.o.Unmatched[p.role] == "" {
			r.o.Unmatched[p.role] = strings.ToValidUTF8(s.sample, "\uFFFD")
		}
	}
}

// readResult reads the consumed items from the file that the claims name.
func (r *run) readResult() {
	name := r.claims.Observe.File
	if name == "" || r.s.Only == Producer {
		return
	}
	name = fill(name, r.s)
	content, cut, err := fetch(r.dir, name, r.s.OutputLimit)
	if err != nil {
		if !errors.Is(err, os.ErrNotExist) {
			r.did("could not read %s: %v", name, err)
		}
		return
	}
	r.did("read %s, %d bytes", name, len(content))
	if p := r.o.Process(Consumer); cut && p != nil {
		p.Flooded = true
	}
	number := 0
	for line := range strings.Lines(content) {
		number++
		text, producer := strings.TrimRight(line, "\r\n"), ""
		if re := r.patterns["consumed"]; re != nil {
			var ok bool
			if text, producer, ok = match(re, text); !ok {
				continue
			}
		}
		r.o.Consumed = append(r.o.Consumed, Item{Text: text, Producer: producer, Role: Consumer, Line: number})
	}
}

// readTraces derives the mechanisms that were used from the facts of the tracers.
func (r *run) readTraces() {
	if !r.s.Trace {
		return
	}
	var facts []mechanism.Fact
	for _, p := range r.programs {
		select {
		case <-p.factsRead:
		case <-time.After(lateOutput): // the tracer still follows a process that was left
		}
		p.mu.Lock()
		for _, f := range p.facts {
			r.o.Untraced = cmp.Or(r.o.Untraced, f.Refused, f.Blind)
		}
		for _, f := range mechanism.Failures(p.facts) {
			r.o.Failures = append(r.o.Failures, Failure{p.role, f})
		}
		for _, f := range p.facts {
			if f.Crash != nil {
				r.o.Process(p.role).Crash = f.Crash
			}
		}
		facts = append(facts, p.facts...)
		p.mu.Unlock()
	}
	r.o.Uses = mechanism.Uses(facts)
}
