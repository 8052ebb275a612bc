package host

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

const patient = 30 * time.Second

// A line to a host that runs in this process.
type line struct {
	t       *testing.T
	to      io.WriteCloser
	replies chan protocol.Reply
	end     chan error
	id      uint64
}

func serve(t *testing.T, s subject.Subject) *line {
	t.Helper()
	commands, to := io.Pipe()
	from, replies := io.Pipe()
	l := &line{t: t, to: to, replies: make(chan protocol.Reply, 100), end: make(chan error, 1)}
	go func() {
		l.end <- Serve(s, commands, replies)
		_ = replies.Close()
	}()
	go func() {
		for scan := bufio.NewScanner(from); scan.Scan(); {
			var r protocol.Reply
			if err := json.Unmarshal(scan.Bytes(), &r); err != nil {
				t.Errorf("%s: %v", scan.Text(), err)
			}
			l.replies <- r
		}
		close(l.replies)
	}()
	t.Cleanup(func() { _ = to.Close() })
	return l
}

func (l *line) send(r protocol.Request) {
	l.t.Helper()
	l.id++
	r.ID = l.id
	text, err := json.Marshal(r)
	if err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.to.Write(append(text, '\n')); err != nil {
		l.t.Fatal(err)
	}
}

func (l *line) reply() protocol.Reply {
	l.t.Helper()
	select {
	case r, ok := <-l.replies:
		if !ok {
			l.t.Fatal("the host has ended")
		}
		return r
	case <-time.After(patient):
		l.t.Fatal("no reply")
	}
	return protocol.Reply{}
}

func (l *line) do(r protocol.Request) protocol.Reply {
	l.t.Helper()
	l.send(r)
	reply := l.reply()
	if reply.ID != l.id {
		l.t.Fatalf("reply %d to request %d", reply.ID, l.id)
	}
	return reply
}

// queues is a mailbox in memory, with faults.
type queues struct {
	mu     sync.Mutex
	items  [][]byte
	fault  func(i int, item []byte) []byte
	keep   bool // keeps a pointer instead of a copy
	cancel chan struct{}
	got    int
}

func (q *queues) Create(string, subject.Shape) (subject.Mailbox, error) { return q, nil }
func (q *queues) Open(string) (subject.Mailbox, error)                  { return nil, errors.New("disk on fire") }
func (q *queues) Unlink(string) error                                   { return nil }
func (q *queues) Detach() error                                         { return nil }

func (q *queues) Send(p []byte, _ subject.Wait) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.keep {
		p = append([]byte(nil), p...)
	}
	q.items = append(q.items, p)
	return nil
}

func (q *queues) Receive(into []byte, wait subject.Wait) (int, error) {
	q.mu.Lock()
	empty := len(q.items) == q.got
	q.mu.Unlock()
	if empty {
		if wait != subject.Forever {
			return 0, fmt.Errorf("deep inside: %w", subject.Errorf(subject.Empty, "0 of 8"))
		}
		<-q.cancel
		return 0, subject.Errorf(subject.Interrupted, "")
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	item := q.items[q.got]
	if q.fault != nil {
		item = q.fault(q.got, item)
	}
	q.got++
	return copy(into, item), nil
}

// Cancel implements subject.Canceler.
func (q *queues) Cancel() error {
	q.cancel <- struct{}{}
	return nil
}

func open(t *testing.T, q *queues) *line {
	t.Helper()
	l := serve(t, subject.Subject{Mailboxes: q, Claims: subject.Claims{Profiles: subject.Profiles{Mailbox: &subject.MailboxProfile{Cancel: true}}}})
	if r := l.do(protocol.Request{Op: protocol.OpMailboxCreate, Object: "m", Name: "/m", Capacity: new(int64(8)), ItemMax: new(int64(32))}); !r.OK {
		t.Fatalf("%+v", r)
	}
	return l
}

func bulk(role string, count int64) protocol.Request {
	return protocol.Request{Op: protocol.OpWorkload, Object: "m", Role: role, Count: &count, SizeMin: new(int64(32)), SizeMax: new(int64(32)), Seed: new(uint64(3))}
}

func TestWorkloadTellsWhatCameInstead(t *testing.T) {
	const count = 12
	var all queues // what it should be
	l := open(t, &all)
	l.do(bulk("send", count))
	for text, fault := range map[string]func(i int, item []byte) []byte{
		"item 7 is item 9":                func(i int, item []byte) []byte { return map[bool][]byte{true: all.items[9], false: item}[i == 7] },
		"length 3, expected 32":           func(i int, item []byte) []byte { return item[:map[bool]int{true: 3, false: 32}[i == 7]] },
		"a byte differs at offset 12: 0x": func(i int, item []byte) []byte { c := append([]byte(nil), item...); c[12] ^= byte(i / 7); return c },
	} {
		q := &queues{fault: fault}
		l := open(t, q)
		if r := l.do(bulk("send", count)); !r.OK || *r.Done != count {
			t.Fatalf("%+v", r)
		}
		r := l.do(bulk("receive", count))
		if !r.OK || *r.Done != count || *r.Wrong == 0 || r.WrongAt == nil || *r.WrongAt != 7 || !strings.HasPrefix(r.WrongText, text) {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

func TestSenderThatKeepsAPointerIsFoundOut(t *testing.T) {
	q := &queues{keep: true}
	l := open(t, q)
	l.do(bulk("send", 1))
	if r := l.do(bulk("receive", 1)); *r.Wrong != 1 || !strings.Contains(r.WrongText, "no copy was made") {
		t.Errorf("workload: %+v", r)
	}
	l.do(protocol.Request{Op: protocol.OpMailboxSend, Object: "m", Data: new("AAAA")})
	if r := l.do(protocol.Request{Op: protocol.OpMailboxReceive, Object: "m"}); r.Data == nil || *r.Data != "7u7u" {
		t.Errorf("single: %+v, want the overwritten buffer", r)
	}
}

func TestWorkloadEndsAtTheFirstError(t *testing.T) {
	l := open(t, &queues{})
	l.do(bulk("send", 4))
	r := bulk("receive", 9)
	r.Wait = new(protocol.WireWait(subject.Never))
	got := l.do(r)
	if got.OK || got.Error != subject.Empty || *got.Done != 4 || *got.Wrong != 0 || got.Text != "deep inside: empty (0 of 8)" {
		t.Errorf("%+v", got)
	}
	r.Role = "get"
	if got := l.do(r); got.Error != subject.Invalid {
		t.Errorf("a buffer's role on a mailbox: %+v", got)
	}
	r.Role, r.Seed = "receive", nil
	if got := l.do(r); got.Error != subject.Invalid || !strings.Contains(got.Text, "seed") {
		t.Errorf("without seed: %+v", got)
	}
}

func TestCancelWhileBusy(t *testing.T) {
	l := open(t, &queues{cancel: make(chan struct{})})
	if h := l.do(protocol.Request{Op: protocol.OpHello, Protocol: new(0)}); !h.Cancel {
		t.Errorf("hello: %+v, want cancel as claimed", h)
	}
	l.send(protocol.Request{Op: protocol.OpMailboxReceive, Object: "m"})
	receive := l.id
	if r := l.do(protocol.Request{Op: protocol.OpStatus}); r.State != "busy" || r.Busy != protocol.OpMailboxReceive || *r.Finished != 1 {
		t.Errorf("status: %+v", r)
	}
	if r := l.do(protocol.Request{Op: protocol.OpMailboxReceive, Object: "m"}); r.Error != subject.Invalid || !strings.Contains(r.Text, "under way") {
		t.Errorf("a second operation: %+v", r)
	}
	l.send(protocol.Request{Op: protocol.OpCancel})
	for range 2 {
		switch r := l.reply(); {
		case r.ID == receive && r.Error != subject.Interrupted:
			t.Errorf("the operation that was cancelled: %+v", r)
		case r.ID == l.id && !r.OK:
			t.Errorf("cancel: %+v", r)
		}
	}
}

func TestErrorsWithoutKindAreIO(t *testing.T) {
	l := open(t, &queues{})
	if r := l.do(protocol.Request{Op: protocol.OpMailboxOpen, Object: "n", Name: "/n"}); r.Error != subject.IO || r.Text != "disk on fire" {
		t.Errorf("%+v", r)
	}
}

func TestWhatTheSubjectLacksIsUnsupported(t *testing.T) {
	l := open(t, &queues{})
	for _, r := range []protocol.Request{
		{Op: protocol.OpRegionCreate, Object: "r", Name: "/r", Size: new(int64(1))},
		{Op: protocol.OpRegionUnlink, Name: "/r"},
		{Op: protocol.OpBufferOpen, Object: "b", Name: "/b"},
		{Op: protocol.OpMailboxClose, Object: "m"}, // it is no Closer
		{Op: "no.such"},
	} {
		if got := l.do(r); !strings.HasPrefix(got.Unsupported, r.Op) {
			t.Errorf("%s: %+v", r.Op, got)
		}
	}
}

func TestWrongArgumentsAreAnswered(t *testing.T) {
	l := open(t, &queues{})
	for _, text := range []string{
		`{"id":50,"op":"mailbox.send","object":"m"}`,
		`{"id":50,"op":"mailbox.send","object":"m","data":"not base64"}`,
		`{"id":50,"op":"mailbox.send","object":"m","size":-1,"seed":1}`,
		`{"id":50,"op":"mailbox.send","object":"m","size":"many","seed":1}`,
		`{"id":50,"op":"mailbox.send","object":"nobody","data":""}`,
		`{"id":50,"op":"mailbox.receive","object":"m","item_max":-1,"wait":"never"}`,
		`{"id":50,"op":"mailbox.receive","object":"m","wait":"long"}`,
		`{"id":50,"op":"mailbox.create","object":"m","name":"/m","capacity":1,"item_max":1}`,
		`{"id":50,"op":"mailbox.create","object":"n","name":"/m","item_max":1}`,
		`{"id":50,"op":"mailbox.create","name":"/m","capacity":1,"item_max":1}`,
		`{"id":50,"op":"buffer.put","object":"m","data":"","colour":"red"}`,
		`{"id":50}`,
	} {
		if _, err := io.WriteString(l.to, text+"\n"); err != nil {
			t.Fatal(err)
		}
		if r := l.reply(); r.ID != 50 || r.Error != subject.Invalid || r.Text == "" {
			t.Errorf("%s: %+v", text, r)
		}
	}
}

func TestEndOfCommandsEndsTheHost(t *testing.T) {
	for _, text := range []string{"", `{"op":"status"}` + "\n", "rubbish\n", `{"id":1,"op":"bye"}` + "\n"} {
		l := serve(t, subject.Subject{})
		if _, err := io.WriteString(l.to, text); err != nil {
			t.Fatal(err)
		}
		_ = l.to.Close()
		select {
		case err := <-l.end:
			if bye := strings.Contains(text, "bye"); (err == nil) != bye {
				t.Errorf("%q: %v", text, err)
			}
		case <-time.After(patient):
			t.Fatalf("%q: the host goes on", text)
		}
	}
}
