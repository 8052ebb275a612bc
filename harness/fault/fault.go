// Package fault disturbs processes while they work: it stops and continues
// them, interrupts their system calls, occupies their processors, exhausts
// descriptors and shared memory, and kills them.
//
// Pauses, signals and starvation may happen to any program at any time, so a
// correct one survives them unharmed. In a shortage an operation may fail, but must
// report it. The death of another process must be survived only where that is
// claimed. Each fault is logged with its time.
package fault

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// A Kind is a kind of fault.
type Kind string

// The kinds of fault.
const (
	Pause  Kind = "pause"         // SIGSTOP, and SIGCONT a moment later
	Storm  Kind = "signal storm"  // many signals that interrupt system calls
	Starve Kind = "starvation"    // busy loops on every processor
	Kill   Kind = "kill"          // SIGKILL
	Slow   Kind = "slow consumer" // a consumer that pauses between items: made by the load, not here

	NoFiles Kind = "no descriptors" // nothing more can be opened
	FullShm Kind = "full /dev/shm"  // nothing more can be allocated
)

// Disturbances may happen to any process; a correct one is unharmed.
var Disturbances = []Kind{Pause, Storm, Starve}

// Shortages are of resources that operations on open objects do not need.
var Shortages = []Kind{NoFiles, FullShm}

// An Event is one fault that happened.
type Event struct {
	Kind   Kind
	Target string        // name of the process; "" if it affected all
	At     time.Duration // since the start of the log
	Text   string        // details; may be empty
}

func (e Event) String() string {
	text := fmt.Sprintf("+%.3f s %s", e.At.Seconds(), e.Kind)
	if e.Target != "" {
		text += " of " + e.Target
	}
	if e.Text != "" {
		text += ": " + e.Text
	}
	return text
}

// A Log holds faults in order of time. Several goroutines may use it.
type Log struct {
	mu     sync.Mutex
	begun  time.Time
	events []Event
}

// NewLog starts a log now.
func NewLog() *Log { return &Log{begun: time.Now()} }

// Add logs a fault that happens now.
func (l *Log) Add(k Kind, target, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, Event{k, target, time.Since(l.begun), fmt.Sprintf(format, args...)})
}

// Events returns the faults so far.
func (l *Log) Events() []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Event(nil), l.events...)
}

// A Target is a process that can be disturbed.
type Target struct {
	Name      string
	Signal    func(syscall.Signal) error // to the process
	Interrupt func() error               // the system call that it is in; nil if the process does not support that
	NoFiles   Shortage                   // see [Descriptors]; nil: never
}

// A Scene holds the processes that can be disturbed, and the shortage that affects
// all of them.
type Scene struct {
	Targets []Target
	FullShm Shortage // nil: never
}

// A Shortage starts a shortage, and returns a function that ends it. After an error
// there is no shortage.
type Shortage func() (end func(), err error)

// Disturb makes faults of the given kinds, one after the other, until ctx is done.
// When it returns, every process that it stopped has been continued, and every
// shortage has ended. Targets that have ended are ignored; the caller judges their
// end.
func Disturb(ctx context.Context, r *rand.Rand, l *Log, kinds []Kind, s Scene) {
	if len(kinds) == 0 || len(s.Targets) == 0 {
		return
	}
	for sleep(ctx, time.Duration(1+r.Int64N(15))*time.Millisecond) {
		t := s.Targets[r.IntN(len(s.Targets))]
		switch kinds[r.IntN(len(kinds))] {
		case Pause:
			pause(ctx, r, l, t)
		case Storm:
			storm(ctx, r, l, t)
		case Starve:
			starve(ctx, r, l)
		case NoFiles:
			t.NoFiles.hold(ctx, r, l, NoFiles, t.Name)
		case FullShm:
			s.FullShm.hold(ctx, r, l, FullShm, "")
		}
	}
}

// hold keeps up a shortage for a while.
func (s Shortage) hold(ctx context.Context, r *rand.Rand, l *Log, k Kind, target string) {
	if s == nil {
		return
	}
	end, err := s()
	if err != nil {
		return
	}
	defer end()
	d := time.Duration(1+r.Int64N(20)) * time.Millisecond
	l.Add(k, target, "%v", d)
	sleep(ctx, d)
}

// pause stops a process for some milliseconds, which is long compared with an
// operation.
func pause(ctx context.Context, r *rand.Rand, l *Log, t Target) {
	if t.Signal(syscall.SIGSTOP) != nil {
		return
	}
	defer func() { _ = t.Signal(syscall.SIGCONT) }()
	d := time.Duration(1+r.Int64N(20)) * time.Millisecond
	l.Add(Pause, t.Name, "%v", d)
	sleep(ctx, d)
}

func storm(ctx context.Context, r *rand.Rand, l *Log, t Target) {
	if t.Interrupt == nil {
		return
	}
	n := 5 + r.IntN(40)
	l.Add(Storm, t.Name, "%d signals", n)
	for range n {
		if t.Interrupt() != nil || !sleep(ctx, time.Duration(r.Int64N(300))*time.Microsecond) {
			return
		}
	}
}

// starve occupies the processors by as many busy threads.
func starve(ctx context.Context, r *rand.Rand, l *Log) {
	d := time.Duration(5+r.Int64N(25)) * time.Millisecond
	l.Add(Starve, "", "%v, %d busy threads", d, runtime.NumCPU())
	end := time.Now().Add(d)
	var all sync.WaitGroup
	for range runtime.NumCPU() {
		all.Go(func() {
			for time.Now().Before(end) && ctx.Err() == nil {
				for i := range 10_000 {
					_ = i
				}
			}
		})
	}
	all.Wait()
}

// sleep reports whether the time has passed before ctx was done.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
