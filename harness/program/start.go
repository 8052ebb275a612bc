package program

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/ptrace/mechanism"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// A program is one that the kit started.
type program struct {
	role    string
	command string
	process *world.Process // the tracer, where there is one
	streams []*stream
	ready   *gate // or nil
	started time.Time
	ended   chan struct{} // closed when the program itself has ended, even if its tracer has not
	stopped string        // the signal by which the kit ended it
	killed  bool          // the kit gave up on it

	traced    bool
	factsRead chan struct{} // closed when all facts of the tracer were read

	mu    sync.Mutex
	facts []mechanism.Fact
	exit  world.Exit
	after time.Duration
}

// start starts the program of a role.
func (r *run) start(ctx context.Context, name string) error {
	role := r.claims.Roles.Producer
	if name == Consumer {
		role = r.claims.Roles.Consumer
	}
	p := &program{role: name, command: fill(role.Command, r.s), ended: make(chan struct{}), traced: r.s.Trace, factsRead: make(chan struct{})}
	if re := r.patterns[name]; re != nil {
		p.ready = &gate{re: re, opened: make(chan struct{})}
	}
	args, err := arguments(p.command, r.path)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	stdin, err := r.stdin(role)
	if err != nil {
		return fmt.Errorf("%s: standard input: %w", name, err)
	}
	if stdin != nil {
		defer func() { _ = stdin.Close() }()
	}
	for _, output := range []string{"stdout", "stderr"} {
		if err := r.open(p, output); err != nil {
			p.discard()
			return err
		}
	}
	c := world.Command{
		Name: name, Path: args[0], Args: args, Dir: r.dir, Env: r.environment(),
		Stdin: stdin, Stdout: p.streams[0].channel.write, Stderr: p.streams[1].channel.write,
	}
	if r.s.Hold && r.s.HoldFrom == 0 && name == Consumer {
		p.hold()
	}
	if err := p.launch(ctx, r, c); err != nil {
		p.discard()
		return err
	}
	p.started = time.Now()
	r.programs = append(r.programs, p)
	for _, s := range p.streams {
		go s.follow()
	}
	r.did("started the %s: %s%s", name, p.command, strings.TrimRight(" < "+role.Stdin, "< "))
	return nil
}

// launch starts the command, under a tracer where one is asked for.
func (p *program) launch(ctx context.Context, r *run, c world.Command) error {
	var facts *os.File
	if p.traced {
		read, write, err := os.Pipe()
		if err != nil {
			return fmt.Errorf("make a pipe for the tracer: %w", err)
		}
		defer func() { _ = write.Close() }()
		facts = read
		exe, argv, env := mechanism.Command(c.Path, c.Args)
		c.Path, c.Args, c.Env, c.Files = exe, argv, append(c.Env, env...), []*os.File{write}
	}
	process, err := r.world.Start(ctx, c)
	if err != nil {
		if facts != nil {
			_ = facts.Close()
		}
		return err
	}
	p.process = process
	go p.await(r, facts)
	return nil
}

// await records the end of the program and the facts of its tracer.
func (p *program) await(r *run, facts *os.File) {
	var once sync.Once
	end := func(exit world.Exit) {
		once.Do(func() {
			p.mu.Lock()
			p.exit, p.after = exit, time.Since(r.began)
			p.mu.Unlock()
			close(p.ended)
			r.sink.wake()
		})
	}
	if facts != nil {
		_ = mechanism.Read(facts, func(f mechanism.Fact) {
			p.mu.Lock()
			p.facts = append(p.facts, f)
			p.mu.Unlock()
			if f.Ended != nil {
				end(world.Exit{Code: f.Ended.Code, Signal: syscall.Signal(f.Ended.Signal)})
			}
		})
		_ = facts.Close()
	}
	close(p.factsRead)
	<-p.process.Done()
	end(p.process.Exit())
}

// open creates one of the outputs of a program.
func (r *run) open(p *program, output string) error {
	c, err := newChannel()
	if err != nil {
		return err
	}
	s := &stream{
		role: p.role, name: output, channel: c, sink: r.sink, ready: p.ready, limit: r.s.OutputLimit, done: make(chan struct{}),
	}
	// Where the producer starts the consumer, both print to the same terminal.
	both := r.claims.Roles.Consumer.StartedBy == Producer && r.s.Only == ""
	if re := r.patterns["produced"]; re != nil && (p.role == Producer || both) {
		s.patterns = append(s.patterns, pattern{re, produced})
	}
	if re := r.patterns["consumed"]; re != nil && r.claims.Observe.File == "" && (p.role == Consumer || both) {
		s.patterns = append(s.patterns, pattern{re, consumed})
	}
	p.streams = append(p.streams, s)
	return nil
}

// stdin opens the standard input of a program; nil stands for /dev/null.
func (r *run) stdin(role subject.Role) (*os.File, error) {
	if role.Stdin == "" {
		return nil, nil
	}
	content := r.input
	if strings.TrimSpace(role.Stdin) != "{file}" {
		content = fill(role.Stdin, r.s)
	}
	f, err := os.CreateTemp("", "ipckit-stdin-")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name())
	if _, err = f.WriteString(content); err == nil {
		_, err = f.Seek(0, 0)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// passed are the variables that say where interpreters and libraries are. Other
// variables of the kit's environment are not passed, so that the programs behave
// the same everywhere.
var passed = []string{"LD_LIBRARY_PATH", "JAVA_HOME", "PYTHONPATH", "VIRTUAL_ENV", "GOROOT", "TZ"}

// environment returns the environment of the programs.
func (r *run) environment() []string {
	env := []string{"PATH=" + strings.Join(r.path, ":"), "HOME=" + r.dir, "LANG=C.UTF-8", "TERM=dumb"}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if slices.Contains(passed, name) || strings.HasSuffix(name, "SAN_OPTIONS") {
			env = append(env, variable)
		}
	}
	return env
}

func (p *program) hold() {
	for _, s := range p.streams {
		s.channel.hold()
	}
}

func (p *program) release() {
	for _, s := range p.streams {
		s.channel.release()
	}
}

// discard closes the outputs of a program that was not started.
func (p *program) discard() {
	for _, s := range p.streams {
		s.channel.close()
	}
}

func (p *program) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

func (p *program) flooded() bool {
	for _, s := range p.streams {
		if s.isFlooded() {
			return true
		}
	}
	return false
}

func (p *program) report() Process {
	q := Process{Role: p.role, Command: p.command, Stopped: p.stopped, Flooded: p.flooded()}
	if p.hasEnded() {
		p.mu.Lock()
		q.Exit, q.After = p.exit, p.after
		p.mu.Unlock()
	}
	q.Ended = p.hasEnded() && p.stopped == "" && !p.killed
	return q
}
