package host

import (
	"testing"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// loops is a stream that comes back to its sender, three bytes a receive at most.
type loops struct {
	any bool
}

type loop struct{ bytes []byte }

func (l loops) Join(name string) (subject.Party, error) {
	if l.any {
		return anyParty{loopParty{name}}, nil
	}
	return loopParty{name}, nil
}

type loopParty struct{ name string }

func (loopParty) Link(peer string) (subject.Link, error) {
	if peer == "" {
		return nil, subject.Errorf(subject.Invalid, "nobody")
	}
	return &loop{}, nil
}

func (loopParty) Leave() error { return nil }

type anyParty struct{ loopParty }

func (p anyParty) ReceiveAny(into []byte, _ subject.Wait) (int, string, error) {
	if p.name == "/alone" {
		return 0, "/gone", subject.Errorf(subject.PeerDead, "")
	}
	return copy(into, "hello"), "/peer", nil
}

func (l *loop) Send(p []byte, _ subject.Wait) error {
	l.bytes = append(l.bytes, p...)
	return nil
}

func (l *loop) Receive(into []byte, _ subject.Wait) (int, error) {
	if len(l.bytes) == 0 {
		return 0, subject.Errorf(subject.Empty, "")
	}
	n := copy(into[:min(3, len(into))], l.bytes)
	l.bytes = l.bytes[n:]
	return n, nil
}

func (*loop) Detach() error { return nil }

func loopSubject(any bool) subject.Subject {
	return subject.Subject{
		Claims: subject.Claims{Subject: "loops", Profiles: subject.Profiles{Link: &subject.LinkProfile{
			Item: subject.Item{Min: 1, Max: 64}, Framing: subject.FramingStream,
		}}},
		Parties: loops{any: any},
	}
}

func text(s string) *string { return &s }

func TestLink(t *testing.T) {
	l := serve(t, loopSubject(false))
	for _, r := range []protocol.Request{
		{Op: protocol.OpPartyJoin, Object: "p", Name: "/me"},
		{Op: protocol.OpLinkOpen, Object: "l", Party: "p", Name: "/you"},
		{Op: protocol.OpLinkSend, Object: "l", Data: text("YWJjZGU=")},
	} {
		if got := l.do(r); !got.OK {
			t.Fatalf("%s: %+v", r.Op, got)
		}
	}
	if got := l.do(protocol.Request{Op: protocol.OpLinkReceive, Object: "l"}); string(got.Bytes()) != "abc" {
		t.Errorf("the first part of a stream: %+v", got)
	}
	if got := l.do(protocol.Request{Op: protocol.OpLinkReceive, Object: "l", ItemMax: new(int64(1))}); string(got.Bytes()) != "d" {
		t.Errorf("one byte of a stream: %+v", got)
	}
	for _, tt := range []struct {
		r    protocol.Request
		want subject.Kind
	}{
		{protocol.Request{Op: protocol.OpLinkOpen, Object: "m", Party: "p"}, subject.Invalid},
		{protocol.Request{Op: protocol.OpLinkOpen, Object: "m", Party: "nobody", Name: "/you"}, subject.Invalid},
		{protocol.Request{Op: protocol.OpLinkOpen, Object: "l", Party: "p", Name: "/you"}, subject.Invalid},
		{protocol.Request{Op: protocol.OpLinkSend, Object: "p", Data: text("")}, subject.Invalid},
		{protocol.Request{Op: protocol.OpPartyLeave, Object: "l"}, subject.Invalid},
	} {
		if got := l.do(tt.r); got.Error != tt.want {
			t.Errorf("%+v: %+v", tt.r, got)
		}
	}
	if got := l.do(protocol.Request{Op: protocol.OpPartyReceive, Object: "p"}); got.Unsupported != protocol.OpPartyReceive {
		t.Errorf("receiving from any, which the subject lacks: %+v", got)
	}
	for _, r := range []protocol.Request{{Op: protocol.OpLinkDetach, Object: "l"}, {Op: protocol.OpPartyLeave, Object: "p"}} {
		if got := l.do(r); !got.OK {
			t.Errorf("%s: %+v", r.Op, got)
		}
		if got := l.do(r); got.Error != subject.Invalid {
			t.Errorf("%s again: %+v", r.Op, got)
		}
	}
}

// A workload over a stream takes as many bytes as the item has.
func TestWorkloadOverAStream(t *testing.T) {
	l := serve(t, loopSubject(false))
	l.do(protocol.Request{Op: protocol.OpPartyJoin, Object: "p", Name: "/me"})
	l.do(protocol.Request{Op: protocol.OpLinkOpen, Object: "l", Party: "p", Name: "/you"})
	r := protocol.Request{
		Op: protocol.OpWorkload, Object: "l", Role: protocol.RoleSend,
		Count: new(int64(20)), SizeMin: new(int64(1)), SizeMax: new(int64(64)), Seed: new(uint64(7)),
	}
	if got := l.do(r); !got.OK || *got.Done != 20 {
		t.Fatalf("sending: %+v", got)
	}
	r.Role = protocol.RoleReceive
	if got := l.do(r); !got.OK || *got.Done != 20 || *got.Wrong != 0 {
		t.Fatalf("receiving: %+v", got)
	}
	r.Role = protocol.RolePut
	if got := l.do(r); got.Error != subject.Invalid {
		t.Errorf("a role of buffers: %+v", got)
	}
}

func TestReceiveFromAny(t *testing.T) {
	l := serve(t, loopSubject(true))
	l.do(protocol.Request{Op: protocol.OpPartyJoin, Object: "p", Name: "/me"})
	if got := l.do(protocol.Request{Op: protocol.OpPartyReceive, Object: "p"}); got.Sender != "/peer" || string(got.Bytes()) != "hello" {
		t.Errorf("got %+v", got)
	}
	l.do(protocol.Request{Op: protocol.OpPartyJoin, Object: "q", Name: "/alone"})
	if got := l.do(protocol.Request{Op: protocol.OpPartyReceive, Object: "q"}); got.Sender != "/gone" || got.Error != subject.PeerDead {
		t.Errorf("a dead peer: %+v", got)
	}
}

func TestNetworkThatIsNotThere(t *testing.T) {
	l := serve(t, loopSubject(true))
	for _, op := range []string{protocol.OpNetworkExpose, protocol.OpNetworkDial} {
		if got := l.do(protocol.Request{Op: op, Name: "192.0.2.1:7000"}); got.Unsupported != op {
			t.Errorf("%s: %+v", op, got)
		}
	}
}
