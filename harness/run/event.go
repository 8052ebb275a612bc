package run

import (
	"fmt"
	"sync"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/reports"
)

// An Observer is called as a check goes on, by one goroutine at a time.
type Observer interface {
	Begin(total int)
	Start(id, kind string)
	Result(reports.Result)
	End()
}

// A Watcher is an Observer that follows long checks too: Progress gives the
// operations and faults of one check so far. A requirement has a check for each
// profile that it is claimed in, and they run at the same time: the check's name
// tells them apart.
type Watcher interface {
	Progress(check string, operations, faults int64)
}

// event is one line from a runner.
type event struct {
	Start      string          `json:"start,omitempty"`
	Kind       string          `json:"kind,omitempty"`
	Result     *reports.Result `json:"result,omitempty"`
	Operations int64           `json:"operations,omitempty"` // how far the check has come whose name is Start
	Faults     int64           `json:"faults,omitempty"`
	Ended      bool            `json:"ended,omitempty"` // the last line of a runner that came to its end
	Error      string          `json:"error,omitempty"`
}

// An intake takes the events of all runners, one at a time: it puts results into
// the record and passes on what the observer is to see.
type intake struct {
	mutex    sync.Mutex
	journal  *reports.Journal
	observer Observer
	power    map[string]string // see Plan
	broken   map[string]string // by profile in which a process hung or crashed: of which requirement, and how
	results  int
	failed   error  // the first line of the record that could not be written
	stop     func() // ends the runners
}

func (i *intake) take(e event) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	switch {
	case e.Operations > 0:
		if w, ok := i.observer.(Watcher); ok {
			w.Progress(e.Start, e.Operations, e.Faults)
		}
	case e.Start != "":
		i.observer.Start(e.Start, e.Kind)
	case e.Result != nil:
		i.results++
		i.qualify(e.Result)
		i.note(e.Result)
		if err := i.journal.Result(*e.Result); err != nil && i.failed == nil {
			i.failed = err
			i.stop()
		}
		i.observer.Result(*e.Result)
	}
}

// qualify says beside a pass under load how often such a load catches faults.
func (i *intake) qualify(r *reports.Result) {
	power := i.power[r.Requirement]
	for n := range r.Checks {
		if c := &r.Checks[n]; power != "" && c.Kind == string(catalogue.Stress) && c.Verdict == reports.Pass {
			c.Note += "; " + power
		}
	}
}

// note remembers profiles in which a process hung or crashed.
func (i *intake) note(r *reports.Result) {
	for _, c := range r.Checks {
		if (c.Verdict == reports.Timeout || c.Verdict == reports.Crash) && i.broken[c.Profile] == "" {
			i.broken[c.Profile] = fmt.Sprintf("%s has the verdict %s without it", r.Requirement, c.Verdict)
		}
	}
}

// cause says why a profile is not put under load, or "".
func (i *intake) cause(profile string) string {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.broken[profile]
}

type nobody struct{}

func (nobody) Begin(int)             {}
func (nobody) Start(string, string)  {}
func (nobody) Result(reports.Result) {}
func (nobody) End()                  {}
