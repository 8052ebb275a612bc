package main

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/fatih/color"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
)

// newProgress shows how a check goes: a bar on a terminal, a line for each
// requirement that falls short elsewhere. Both go to standard error.
func newProgress(subject string) run.Observer {
	if term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("TERM") != "dumb" && os.Getenv("CI") == "" {
		return &barProgress{}
	}
	return &lineProgress{subject: subject}
}

// silence is how long a command may say nothing.
const silence = 700 * time.Millisecond

// announce says what is being done unless it is done soon, which the caller says
// by the function that it gets.
func announce(what string) (done func()) {
	timer := time.AfterFunc(silence, func() { say("%s …", what) })
	return func() { timer.Stop() }
}

// barProgress draws one line: what is running, how many are done, time left.
type barProgress struct {
	container *mpb.Progress
	bar       *mpb.Bar
	running   atomic.Value // string
	short     atomic.Int64 // requirements that fell short so far
}

func (p *barProgress) Begin(total int) {
	p.running.Store("starting")
	p.container = mpb.New(mpb.WithOutput(os.Stderr), mpb.WithWidth(30), mpb.WithRefreshRate(100*time.Millisecond))
	p.bar = p.container.AddBar(int64(total), mpb.BarRemoveOnComplete(),
		mpb.PrependDecorators(
			decor.Any(func(decor.Statistics) string { return fmt.Sprintf("%-20s", p.running.Load()) }),
			decor.CountersNoUnit(" %d of %d"),
		),
		mpb.AppendDecorators(
			decor.Any(func(decor.Statistics) string {
				if n := p.short.Load(); n > 0 {
					return color.RedString(" %d fell short", n)
				}
				return ""
			}),
			decor.Name("  "),
			decor.AverageETA(decor.ET_STYLE_MMSS, decor.WC{}),
			decor.Name(" left"),
		),
	)
}

func (p *barProgress) Start(id, _ string) { p.running.Store(id) }

func (p *barProgress) Result(r reports.Result) {
	if fellShort(r) {
		p.short.Add(1)
	}
	p.bar.Increment()
}

func (p *barProgress) End() {
	p.bar.Abort(true)
	p.container.Wait()
}

// lineProgress is for logs: a line for each requirement that falls short, and one
// at long intervals to show that the check goes on.
type lineProgress struct {
	subject     string
	total, done int
	spoke       time.Time
	unwritten   bool // what is not written yet has been named
}

// interval between lines that only show progress.
const interval = 30 * time.Second

func (p *lineProgress) Begin(total int) {
	p.total, p.spoke = total, time.Now()
	say("%s: %s", p.subject, counted(total, "check"))
}

func (p *lineProgress) Start(id, _ string) {
	if time.Since(p.spoke) > interval {
		p.spoke = time.Now()
		say("  %d of %d done; now %s", p.done, p.total, id)
	}
}

func (p *lineProgress) Result(r reports.Result) {
	p.done++
	if fellShort(r) && !(r.Unwritten() && p.unwritten) {
		p.unwritten = p.unwritten || r.Unwritten() // of a skeleton, all say the same
		p.spoke = time.Now()
		say("  %s %s: %s", r.Requirement, r.Verdict, r.Message)
	}
}

func (p *lineProgress) End() {}

func fellShort(r reports.Result) bool { return r.Verdict.Exit(true) != reports.ExitPass }
