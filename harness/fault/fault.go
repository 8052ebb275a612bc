// Package fault disturbs processes while they work: it stops and continues
// them, interrupts their system calls, takes their processors away, and what they
// might open or allocate next, and kills them.
//
// Everything here may happen to any program at any time, so a correct one bears
// it; except death, which only who claims to survive it must, and shortages, of
// which it may say so instead. Each fault is logged with its time.
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

// A Kind is a sort of fault.
type Kind string

// The kinds of fault.
const (
	Pause  Kind = "pause"         // SIGSTOP, and SIGCONT a moment later
	Storm  Kind = "signal storm"  // many signals that interrupt system calls
	Starve Kind = "starvation"    // busy loops on every processor
	Kill   Kind = "kill"          // SIGKILL
	Slow   Kind = "slow consumer" // a consumer that thinks long: part of the load

	NoFiles Kind = "no descriptors" // none is left to open anything with
	FullShm Kind = "full /dev/shm"  // nothing more fits
)

// Weather is what may happen to anyone, in no order.
var Weather = []Kind{Pause, Storm, Starve}

// Shortages are of what nobody needs who has what he works on.
var Shortages = []Kind{NoFiles, FullShm}

// An Event is one fault that happened.
type Event struct {
	Kind   Kind
	Target string        // name of the process; "" where it met all
	At     time.Duration // since the log was begun
	Text   string        // what came of it, where that is of interest
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

// A Log keeps faults in order of time. It may be used by several goroutines.
type Log struct {
	mu     sync.Mutex
	begun  time.Time
	events []Event
}

// NewLog begins a log now.
func NewLog() *Log { return &Log{begun: time.Now()} }

// Add logs a fault that happens now.
func (l *Log) Add(k Kind, target, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, Event{k, target, time.Since(l.begun), fmt.Sprintf(format, args...)})
}

// Events gives what has happened so far.
func (l *Log) Events() []Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Event(nil), l.events...)
}

// A Target is a process that faults can meet.
type Target struct {
	Name      string
	Signal    func(syscall.Signal) error // to the process
	Interrupt func() error               // the system call that it is in; nil where it does not bear that
	NoFiles   Shortage                   // see [Descriptors]; nil: never
}

// A Scene is where faults are made.
type Scene struct {
	Targets []Target
	FullShm Shortage // nil: never
}

// A Shortage begins one, and gives what ends it. After an error there is none.
type Shortage func() (end func(), err error)

// Disturb makes faults of the kinds, one after the other, until ctx is done.
// Every process that was stopped has been continued when it returns, and every
// shortage is over. A target that has ended meanwhile is left alone: its end is
// somebody else's to judge.
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
			t.NoFiles.last(ctx, r, l, NoFiles, t.Name)
		case FullShm:
			s.FullShm.last(ctx, r, l, FullShm, "")
		}
	}
}

// last has a shortage for a while.
func (s Shortage) last(ctx context.Context, r *rand.Rand, l *Log, k Kind, target string) {
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

// pause stops a process for a time that is short for people and long for it.
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

// starve takes the processors: as many busy threads as there are.
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

// sleep reports whether it slept to the end.
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
