package main

import (
	"fmt"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
)

// loadProgress shows how a load goes: operations so far, their rate, and the
// faults that were made. It rewrites one line on a terminal, and writes one
// every few seconds elsewhere. Both go to standard error.
type loadProgress struct {
	subject            string
	terminal           bool
	began, spoke       time.Time
	total, done, short int
	checks             map[string]load // by name, the running ones and those before them
}

type load struct{ operations, faults int64 }

// How often a line is written.
const (
	terminalInterval = 200 * time.Millisecond
	logInterval      = 5 * time.Second
)

func newLoadProgress(subject string) run.Observer {
	return &loadProgress{
		subject: subject, checks: map[string]load{},
		terminal: term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("TERM") != "dumb" && os.Getenv("CI") == "",
	}
}

func (p *loadProgress) Begin(total int) {
	p.total, p.began, p.spoke = total, time.Now(), time.Now()
	say("%s: %s under load", p.subject, counted(total, "check"))
}

func (p *loadProgress) Start(string, string) { p.show(false) }

// Progress takes how far one check has come. A check that is run again begins at
// 0 again; what it did before is kept in the sum.
func (p *loadProgress) Progress(check string, operations, faults int64) {
	now := load{operations, faults}
	if last := p.checks[check]; last.operations > operations {
		before := p.checks[""]
		p.checks[""] = load{before.operations + last.operations, before.faults + last.faults}
	}
	p.checks[check] = now
	p.show(false)
}

func (p *loadProgress) Result(r reports.Result) {
	p.done++
	if fellShort(r) {
		p.short++
		p.clear()
		say("  %s %s: %s", r.Requirement, r.Verdict, r.Message)
	}
	p.show(false)
}

func (p *loadProgress) End() {
	p.clear()
	p.terminal = false
	p.show(true)
}

func (p *loadProgress) clear() {
	if p.terminal {
		fmt.Fprint(os.Stderr, "\r\x1b[K")
	}
}

func (p *loadProgress) show(now bool) {
	interval := logInterval
	if p.terminal {
		interval = terminalInterval
	}
	if !now && time.Since(p.spoke) < interval {
		return
	}
	p.spoke = time.Now()
	sum := p.sum()
	took := time.Since(p.began)
	line := fmt.Sprintf("  %s operations, %s a second, %s; %d of %s done after %.0f s",
		grouped(sum.operations), grouped(int64(float64(sum.operations)/max(took.Seconds(), 0.001))), counted(int(sum.faults), "fault"), p.done, counted(p.total, "check"), took.Seconds())
	if p.short > 0 {
		line += fmt.Sprintf(", %d fell short", p.short)
	}
	if p.terminal {
		fmt.Fprint(os.Stderr, "\r\x1b[K"+line)
		return
	}
	say("%s", line)
}

// sum is what all checks have done so far.
func (p *loadProgress) sum() load {
	var sum load
	for _, l := range p.checks {
		sum.operations += l.operations
		sum.faults += l.faults
	}
	return sum
}

// grouped writes a number with its digits in groups of three.
func grouped(n int64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s %03d", grouped(n/1000), n%1000)
}
