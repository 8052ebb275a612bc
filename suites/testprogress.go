package suites

import (
	"sync"
	"testing"
	"time"

	"github.com/ipckit/ipckit/reports"
)

// testProgress says under -v how far a check has come: go test prints what a test
// logs as it comes.
type testProgress struct {
	t     *testing.T
	mu    sync.Mutex
	total int
	done  int
	spoke time.Time
}

// testInterval is between two lines of progress.
const testInterval = 5 * time.Second

func (p *testProgress) Begin(total int) {
	p.total, p.spoke = total, time.Now()
	p.t.Logf("%d %s", total, reports.Plural(total, "check"))
}

func (p *testProgress) Start(id, _ string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.spoke) >= testInterval {
		p.spoke = time.Now()
		p.t.Logf("%d of %d checks done; now %s", p.done, p.total, id)
	}
}

func (p *testProgress) Result(reports.Result) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
}

func (p *testProgress) End() {}
