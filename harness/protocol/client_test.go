package protocol_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/protocol"
)

// ask encodes a request and gives its id.
func ask(t *testing.T, c *protocol.Client, r protocol.Request) uint64 {
	t.Helper()
	id, line, err := c.Encode(r)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf(`{"id":%d,"op":%q`, id, r.Op); !strings.HasPrefix(string(line), want) || !strings.HasSuffix(string(line), "}\n") {
		t.Fatalf("line %q, want one that begins with %s", line, want)
	}
	return id
}

// take gives the next reply, which must be there.
func take(t *testing.T, c *protocol.Client) protocol.Reply {
	t.Helper()
	r, whole, v := c.Next()
	if v != nil || !whole {
		t.Fatalf("no reply: %+v", v)
	}
	return r
}

func TestClientTakesRepliesInPiecesAndInAnyOrder(t *testing.T) {
	c := protocol.NewClient(false)
	first, second := ask(t, c, protocol.Request{Op: protocol.OpLockAcquire, Object: "l"}), ask(t, c, protocol.Request{Op: protocol.OpStatus})
	if first == second {
		t.Fatalf("both requests have id %d", first)
	}
	text := fmt.Sprintf(`{"id":%d,"ok":true,"state":"busy"}`+"\n"+`{"id":%d,"error":"owner-dead"}`+"\n", second, first)
	var got []protocol.Reply
	for _, b := range []byte(text) {
		c.Feed([]byte{b})
		if r, whole, v := c.Next(); v != nil {
			t.Fatalf("%+v", v)
		} else if whole {
			got = append(got, r)
		}
	}
	if len(got) != 2 || got[0].ID != second || got[0].State != protocol.Busy || got[1].ID != first || got[1].Error != "owner-dead" {
		t.Errorf("%+v", got)
	}
	if c.Pending() || c.Half() != "" {
		t.Errorf("left over: %s", c.Half())
	}

	third, fourth := ask(t, c, protocol.Hello("w", true)), ask(t, c, protocol.Request{Op: protocol.OpCancel})
	c.Feed(fmt.Appendf(nil, `{"id":%d,"ok":true,"protocol":0}`+"\n"+`{"id":%d,"ok":true}`+"\n"+`{"id":`, third, fourth))
	if a, b := take(t, c), take(t, c); a.ID != third || b.ID != fourth {
		t.Errorf("%+v, %+v", a, b)
	}
	if _, whole, v := c.Next(); whole || v != nil || c.Half() != `"{\"id\":"` {
		t.Errorf("half a line: %v, %+v, %s", whole, v, c.Half())
	}
}

func TestClientRefusesWhatNobodyAskedFor(t *testing.T) {
	for _, test := range []struct {
		requests []protocol.Request
		replies  []string
		problem  string
	}{
		{nil, []string{`{"id":1,"ok":true}`}, "nothing was asked"},
		{[]protocol.Request{{Op: protocol.OpCancel}}, []string{`{"id":1,"ok":true}`, `{"id":1,"ok":true}`}, "request 1 has been answered already"},
		{[]protocol.Request{{Op: protocol.OpCancel}}, []string{`{"id":7,"ok":true}`}, "the reply has id 7, but cancel with id 1 is waiting"},
		{[]protocol.Request{{Op: protocol.OpRegionSize, Object: "r"}}, []string{`{"id":1,"ok":true}`}, "the reply to region.size lacks size"},
		{[]protocol.Request{protocol.Hello("w", false)}, []string{`{"id":1,"ok":true,"protocol":9}`}, "it speaks protocol version 9, and the kit version 0"},
		{[]protocol.Request{{Op: protocol.OpCancel}}, []string{`Segmentation fault`}, "not a JSON object"},
	} {
		for _, stdio := range []bool{false, true} {
			c := protocol.NewClient(stdio)
			for _, r := range test.requests {
				ask(t, c, r)
			}
			c.Feed([]byte(strings.Join(test.replies, "\n") + "\n"))
			for range test.replies[1:] {
				take(t, c)
			}
			_, whole, v := c.Next()
			if whole || v == nil {
				t.Errorf("%q was accepted", test.replies)
				continue
			}
			last := test.replies[len(test.replies)-1]
			if !strings.Contains(v.Problem, test.problem) || v.Line != protocol.QuoteLine([]byte(last)) || v.Hint == "" {
				t.Errorf("%q: %+v, want %q", test.replies, v, test.problem)
			}
			if strings.Contains(v.Hint, "standard output") != stdio {
				t.Errorf("stdio %v: hint %q", stdio, v.Hint)
			}
		}
	}
}

func TestClientHoldsNoMoreThanALine(t *testing.T) {
	c := protocol.NewClient(false)
	long := strings.Repeat("x", protocol.MaxLine)
	if _, _, err := c.Encode(protocol.Request{Op: protocol.OpBufferPut, Data: &long}); err == nil || !strings.Contains(err.Error(), "size and seed") {
		t.Errorf("a request of more than a line: %v", err)
	}
	if id := ask(t, c, protocol.Request{Op: protocol.OpBufferGet}); id != 1 {
		t.Errorf("the request after it has id %d", id)
	}
	reply := fmt.Sprintf(`{"id":1,"ok":true,"data":"%s"}`, strings.Repeat("AAAA", (protocol.MaxLine-64)/4))
	c.Feed([]byte(reply + "\n"))
	if got := take(t, c); len(got.Bytes()) < protocol.MaxLine/2 {
		t.Errorf("%d bytes of a long line", len(got.Bytes()))
	}
	c.Feed([]byte(long))
	if _, whole, v := c.Next(); whole || v != nil {
		t.Fatalf("the longest line is not there yet: %v, %+v", whole, v)
	}
	c.Feed([]byte("x"))
	if _, _, v := c.Next(); v == nil || !strings.Contains(v.Problem, "longer than 16777216") || len(v.Line) > 300 {
		t.Errorf("a line that is too long: %+v", v)
	}
}

func TestOperationsAreSplitAndJoined(t *testing.T) {
	for _, op := range protocol.Operations {
		family, verb := protocol.Split(op)
		if verb == "" {
			if family != op {
				t.Errorf("%s: family %q", op, family)
			}
			continue
		}
		if got := protocol.Op(family, verb); got != op {
			t.Errorf("%s is joined as %s", op, got)
		}
	}
}
