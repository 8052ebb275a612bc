package performance_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/host"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/impl/reference"
	"github.com/ipckit/ipckit/reports"
)

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case agent.Role:
		host.Main(cheat(os.Getenv(agent.SubjectVariable)))
	}
	os.Exit(m.Run())
}

// cheat is the reference with buffers that do less than they say from some item on,
// which makes them faster.
func cheat(how string) subject.Subject {
	s := reference.Subject()
	s.OneToOne = buffers{s.OneToOne, how}
	s.Claims.Profiles = subject.Profiles{OneToOne: s.Claims.Profiles.OneToOne, Semaphore: s.Claims.Profiles.Semaphore}
	s.Claims.Performance = nil
	s.Semaphores = semaphores{s.Semaphores, how}
	return s
}

const honest = 30 // items before the first wrong one

// leak is what one that leaks maps whenever it opens a buffer, bytes.
const leak = 256 << 10

// stall is how long one that stalls needs for one put of 300.
const stall = 5 * time.Millisecond

type buffers struct {
	subject.Buffers
	how string
}

func (b buffers) Create(name string, shape subject.Shape) (subject.Buffer, error) {
	made, err := b.Buffers.Create(name, shape)
	return &buffer{Buffer: made, how: b.how}, err
}

func (b buffers) Open(name string) (subject.Buffer, error) {
	if b.how == "leaks" {
		p, err := unix.Mmap(-1, 0, leak, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
		if err != nil {
			return nil, err
		}
		for i := range p {
			p[i] = 1
		}
	}
	opened, err := b.Buffers.Open(name)
	return &buffer{Buffer: opened, how: b.how}, err
}

type buffer struct {
	subject.Buffer
	how        string
	puts, gets int
}

func (b *buffer) Put(item []byte, wait subject.Wait) error {
	b.puts++
	if b.how == "calls" {
		_, _, _ = unix.RawSyscall(unix.SYS_GETPPID, 0, 0, 0)
	}
	switch {
	case b.puts <= honest:
	case b.how == "stalls" && b.puts%300 == 0:
		time.Sleep(stall)
	case b.how == "skips" && b.puts%64 == 0:
		return nil
	case b.how == "skips" && b.puts%64 == 1:
		return errors.Join(b.Buffer.Put(item, wait), b.Buffer.Put(item, wait)) // so that none is missing at the end
	case b.how == "dies":
		os.Exit(1)
	case b.how == "hangs":
		select {}
	case b.how == "refuses":
		return subject.Errorf(subject.IO, "out of order")
	}
	return b.Buffer.Put(item, wait)
}

func (b *buffer) Get(into []byte, wait subject.Wait) (int, error) {
	b.gets++
	if b.how == "answers early" && b.gets > honest && b.gets%8 == 0 {
		return 64, nil
	}
	for b.how == "polls" {
		if n, err := b.Buffer.Get(into, subject.Never); subject.KindOf(err) != subject.Empty || wait == subject.Never {
			return n, err
		}
		time.Sleep(100 * time.Microsecond)
	}
	return b.Buffer.Get(into, wait)
}

type semaphores struct {
	subject.Semaphores
	how string
}

func (s semaphores) Open(name string) (subject.Semaphore, error) {
	opened, err := s.Semaphores.Open(name)
	return &semaphore{Semaphore: opened, how: s.how}, err
}

type semaphore struct {
	subject.Semaphore
	how   string
	waits int
}

func (s *semaphore) Wait(wait subject.Wait) error {
	if s.waits++; s.how == "answers early" && s.waits > honest {
		return nil
	}
	return s.Semaphore.Wait(wait)
}

// Whatever a contestant does wrong in a slot is no cost but a failure, with the
// verdict that a spec would have, and what was seen.
func TestCheatsDoNotWin(t *testing.T) {
	if testing.Short() {
		t.Skip("makes worlds")
	}
	stream := measure.Figure{What: measure.OneWay, Of: subject.ProfileOneToOne, Size: 64}
	trip := measure.Figure{What: measure.RoundTrip, Of: subject.ProfileOneToOne, Size: 64}
	posts := measure.Figure{What: measure.RoundTrip, Of: subject.ProfileSemaphore}
	for _, x := range []struct {
		how    string
		figure measure.Figure
		want   reports.Verdict
		saw    string
	}{
		{"", stream, reports.Pass, ""},
		{"", trip, reports.Pass, ""},
		{"", posts, reports.Pass, ""},
		{"skips", stream, reports.Fail, "steps went wrong; the first is step"},
		{"answers early", stream, reports.Fail, "steps went wrong; the first is step"},
		{"answers early", trip, reports.Fail, "steps went wrong"},
		{"answers early", posts, reports.Fail, "waits had come through"},
		{"dies", stream, reports.Crash, "exited with status 1"},
		{"hangs", trip, reports.Timeout, "did not come back"},
		{"refuses", stream, reports.Fail, "out of order"},
	} {
		t.Run(x.how+" "+x.figure.String(), func(t *testing.T) {
			t.Parallel()
			claims := cheat(x.how).Claims
			claims.Normalise()
			var arena check.Arena
			if x.want == reports.Timeout {
				arena.Patience = 2 * time.Second
			}
			m := measure.Meter{
				Arena:      arena,
				Contestant: check.Contestant{Name: "cheat", Claims: claims, Launcher: agent.Self(x.how)},
				Figures:    []measure.Figure{x.figure},
			}
			costs, err := m.Slot(context.Background(), nil)
			var fell *check.Fall
			switch {
			case x.want == reports.Pass:
				if err != nil || costs[0] <= 0 {
					t.Errorf("an honest one costs %v, %v", costs, err)
				}
			case !errors.As(err, &fell) || fell.Verdict != x.want || !strings.Contains(fell.Message, x.saw) || fell.Evidence == nil || !m.Fell:
				t.Errorf("%v; want %s with %q and evidence", err, x.want, x.saw)
			}
		})
	}
}
