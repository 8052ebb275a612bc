package scenario

import (
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
)

// A process that hangs breaks the promise of waking, and a wrong answer the others.
func TestBreaks(t *testing.T) {
	s := Scenario{Shows: []string{"BUF-WAKE", "BUF-NOLOSS", "BUF-FIFO"}, Wakes: []string{"BUF-WAKE"}}
	hang := explore.Outcome{Ends: [2]string{"", "waits for ever"}}
	wrong := explore.Outcome{Answers: [2][]string{{"ok"}, {"ok"}}}
	for _, x := range []struct {
		name    string
		result  explore.Result
		verdict reports.Verdict
		breaks  string
	}{
		{"nothing", explore.Result{}, reports.Pass, ""},
		{"hang", explore.Result{Violation: &explore.Violation{Outcome: hang}}, reports.Timeout, "BUF-WAKE"},
		{"wrong answer", explore.Result{Violation: &explore.Violation{Outcome: wrong}}, reports.Fail, "BUF-NOLOSS BUF-FIFO"},
		{"out of reach", explore.Result{Unreachable: "it forks"}, reports.Inconclusive, "BUF-WAKE BUF-NOLOSS BUF-FIFO"},
		{"hangs already", explore.Result{Broken: explore.Hangs, Unreachable: "put never ends"}, reports.Timeout, "BUF-WAKE BUF-NOLOSS BUF-FIFO"},
		{"ends already", explore.Result{Broken: explore.Crashes, Unreachable: "put exits"}, reports.Crash, "BUF-WAKE BUF-NOLOSS BUF-FIFO"},
		{"not repeated", explore.Result{Inconclusive: 1}, reports.Inconclusive, "BUF-WAKE BUF-NOLOSS BUF-FIFO"},
		{"cut short", explore.Result{Cut: true}, reports.Inconclusive, "BUF-WAKE BUF-NOLOSS BUF-FIFO"},
	} {
		f := Finding{Scenario: s, Result: &x.result}
		var broken []string
		for _, id := range append(s.Shows, "BUF-ONE") {
			if f.Breaks(id) {
				broken = append(broken, id)
			}
		}
		if f.Verdict() != x.verdict || strings.Join(broken, " ") != x.breaks {
			t.Errorf("%s: %s, breaks %v; want %s, %s", x.name, f.Verdict(), broken, x.verdict, x.breaks)
		}
	}
}

// claims are those of a lock and a buffer.
func claims(scenarios ...subject.Scenario) subject.Claims {
	c := subject.Claims{
		Profiles: subject.Profiles{
			Lock:     &subject.LockProfile{},
			OneToOne: &subject.BufferProfile{Capacity: subject.Capacity{Items: &subject.Range{Min: 1, Max: 8}}, Item: subject.Item{Fixed: 4}, Close: true},
		},
		Scenarios: scenarios,
	}
	c.Normalise()
	return c
}

// objects derives one scenario of a lock, and has a lock and a buffer to add to.
var objects = Source{
	Scenarios: func(*subject.Claims) []Scenario {
		return lock.Scenarios(Sketch{State: "held", Before: "acquire", A: "release", B: "acquire", Shows: []string{"wakes"}})
	},
	Object: func(_ *subject.Claims, profile string) (Object, bool) {
		switch profile {
		case subject.ProfileLock:
			return lock, true
		case subject.ProfileOneToOne:
			return Object{Profile: profile, Family: "buffer", Size: 4, Create: []protocol.Request{{Op: protocol.OpBufferCreate, Object: "buffer", Name: "buffer"}}}, true
		}
		return Object{}, false
	},
}

var lock = Object{Profile: subject.ProfileLock, Family: "lock", Create: []protocol.Request{{Op: protocol.OpLockCreate, Object: "lock", Name: "lock"}}}

// An author's scenario is read like the kit's own.
func TestAddedScenario(t *testing.T) {
	all, err := Of(claims(subject.Scenario{
		Name: "two at once", Of: "buffer.one-to-one", Before: "put 1, B: get", A: "put 2, try put 3", B: "get, close",
		Observe: "B: try get", Shows: []string{"BUF-FIFO"}, Preemptions: 2,
	}), objects)
	if err != nil {
		t.Fatal(err)
	}
	s := all[len(all)-1].In("w")
	if s.Name != "buffer.one-to-one.two-at-once" || s.Preemptions != 2 || len(s.A) != 2 || len(s.Setup) != 4 || s.Observe[0].Agent != explore.B {
		t.Errorf("%+v", s)
	}
	if name := s.Setup[0].Request.Name; name != "/ipckit-w-buffer" {
		t.Errorf("the object is called %q", name)
	}
	if r := s.A[1]; r.Op != protocol.OpBufferPut || *r.Wait != 0 || *r.Data != "MzMzMw==" {
		t.Errorf("%+v", r)
	}
}

// What is wrong with an author's scenario is named.
func TestSyntax(t *testing.T) {
	for _, x := range []struct {
		scenario subject.Scenario
		say      string
	}{
		{subject.Scenario{Of: "mailbox", A: "put 1", B: "get"}, "claimed profile"},
		{subject.Scenario{Of: "lock", A: "acquire"}, "both a and b"},
		{subject.Scenario{Of: "lock", A: "aquire", B: "release"}, "operation of the protocol"},
		{subject.Scenario{Of: "lock", A: "acquire", B: "try release"}, "try only before an operation that may wait"},
		{subject.Scenario{Of: "lock", A: "acquire", B: "timed release"}, "timed only before an operation that may wait"},
		{subject.Scenario{Of: "lock", A: "acquire 1", B: "release"}, "0 numbers"},
		{subject.Scenario{Of: "lock", A: "acquire@8", B: "release"}, "offset"},
		{subject.Scenario{Of: "lock", A: "B: acquire", B: "release"}, "agent A alone"},
		{subject.Scenario{Of: "lock", A: "C: acquire", B: "release"}, "A: or B:"},
		{subject.Scenario{Of: "buffer.one-to-one", A: "put", B: "get"}, "1 numbers"},
	} {
		x.scenario.Name = "mine"
		_, err := Of(claims(x.scenario), objects)
		if err == nil || !strings.Contains(err.Error(), x.say) || !strings.Contains(err.Error(), `"mine"`) {
			t.Errorf("%+v: %v; want it to say %q", x.scenario, err, x.say)
		}
	}
}

// What a family gives comes before what the claims add, and two of one kind are
// told apart.
func TestOrder(t *testing.T) {
	all, err := Of(claims(subject.Scenario{Name: "mine", Of: "lock", A: "acquire", B: "acquire", Shows: []string{"wakes"}}), objects, objects)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, s := range all {
		ids = append(ids, s.ID)
	}
	if got := strings.Join(ids, " "); got != "lock.held:release+acquire lock.held:release+acquire~2 lock.mine" {
		t.Errorf("%s", got)
	}
	if n := len(Showing(all, "wakes", "lock")); n != 3 {
		t.Errorf("%d scenarios show what all three do", n)
	}
}
