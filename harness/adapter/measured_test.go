package adapter_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/protocoltest"
	"github.com/ipckit/ipckit/harness/protocol/samples"
	"github.com/ipckit/ipckit/harness/protocol/scratch"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

const (
	warmSteps  = 2
	stepCount  = 24
	batchSteps = 8
	itemSeed   = 1<<63 + 5
)

// A bench is two agents that have the objects a and b of a family.
type bench struct {
	t        *testing.T
	w        *world.World
	one, two *agent.Agent
	files    int
}

func newBench(t *testing.T, l agent.Launcher, family string, itemMax int64) *bench {
	t.Helper()
	w := worldtest.New(t, world.Options{})
	b := &bench{t: t, w: w, one: begin(t, w, l, "one"), two: begin(t, w, l, "two")}
	if h := b.one.Hello(); !h.Measures {
		t.Fatalf("hello: %+v", h)
	}
	for _, handle := range []string{"a", "b"} {
		name := "/ipckit-" + w.ID() + "-" + handle
		create := protocol.Request{Op: protocol.Op(family, protocol.Create), Object: handle, Name: name}
		switch family {
		case protocol.Region:
			create.Size = ptr(int64(4096))
		case protocol.Semaphore:
			create.Initial, create.Maximum = ptr(int64(0)), ptr(int64(1<<31-1))
		case protocol.Buffer, protocol.Mailbox:
			create.Capacity, create.ItemMax = ptr(int64(8)), &itemMax
		}
		do(t, b.one, create)
		do(t, b.two, protocol.Request{Op: protocol.Op(family, protocol.Open), Object: handle, Name: name})
	}
	return b
}

// file makes a file in the world.
func (b *bench) file(create func(path string) error) string {
	b.t.Helper()
	b.files++
	path := filepath.Join(b.w.Dir(), fmt.Sprintf("file-%d", b.files))
	err := create(path)
	if err == nil && b.w.User() != os.Getuid() {
		err = os.Chown(path, b.w.User(), b.w.User())
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return path
}

// request is one of a measured role, with samples.
func (b *bench) request(role, object, back string, size int64) protocol.Request {
	b.t.Helper()
	r := protocol.Request{
		Op: protocol.OpWorkload, Role: role, Object: object, Back: back, Seed: ptr(uint64(itemSeed)),
		Count: ptr(int64(stepCount)), Warm: ptr(int64(warmSteps)), Batch: ptr(int64(batchSteps)),
		Samples: b.file(func(path string) error { return samples.Create(path, stepCount) }),
	}
	if size > 0 {
		r.SizeMin, r.SizeMax = &size, &size
	}
	return r
}

// scratch gives two requests one scratch file.
func (b *bench) scratch(requests ...*protocol.Request) *scratch.File {
	b.t.Helper()
	var f *scratch.File
	path := b.file(func(path string) (err error) { f, err = scratch.Create(path, 0); return err })
	b.t.Cleanup(func() { _ = f.Close() })
	for i, r := range requests {
		r.Scratch, r.Index = path, ptr(int64(i))
	}
	return f
}

// both has two workloads done at the same time, rightly, with so many samples each.
func (b *bench) both(one, two protocol.Request, oneSamples, twoSamples int) {
	b.t.Helper()
	calls := []*agent.Call{b.one.Begin(one), b.two.Begin(two)}
	for i, c := range calls {
		<-c.Done()
		r, err := c.Reply()
		if err != nil || *r.Done != stepCount || r.Wrong != nil && *r.Wrong > 0 || protocol.Judges(c.Request.Role) && r.Wrong == nil {
			b.t.Fatalf("%s of %d bytes: %+v, %v", c.Request.Role, value(c.Request.SizeMin), r, err)
		}
		list, err := samples.Read(c.Request.Samples)
		if want := []int{oneSamples, twoSamples}[i]; err != nil || len(list) != want {
			b.t.Fatalf("%s: %d samples, %v; want %d", c.Request.Role, len(list), err, want)
		}
		for _, ns := range list {
			if ns < 0 {
				b.t.Errorf("%s: a sample of %d ns", c.Request.Role, ns)
			}
		}
	}
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

var measuredLanguages = []struct{ subject, family, get string }{
	{"c/example", protocol.Buffer, "get"},
	{"c/example", protocol.Mailbox, "receive"},
	{"python/example", protocol.Buffer, "get"},
}

func measuredAgent(t *testing.T, subject string) agent.Launcher {
	t.Helper()
	if strings.HasPrefix(subject, "python") {
		return python(t, filepath.Join(impl, subject))
	}
	return sanitized(t, filepath.Join(impl, subject))
}

func TestMeasuredItems(t *testing.T) {
	const batches = stepCount / batchSteps
	for _, x := range measuredLanguages {
		b := newBench(t, measuredAgent(t, x.subject), x.family, 10_000)
		for _, size := range []int64{1, 8, 24, 10_000} {
			b.both(b.request("ping", "a", "b", size), b.request("pong", "b", "a", size), batches, batches)
			b.both(b.request("stream", "a", "", size), b.request("drain", "a", "", size), batches, batches)
			paced, arrive := b.request("paced", "a", "", max(size, 16)), b.request("arrive", "a", "", max(size, 16))
			paced.Every, arrive.Every = ptr(int64(9000)), ptr(int64(9000))
			b.both(paced, arrive, batches, stepCount)

			few := b.request("stream", "a", "", size) // as the schema says, not only alike at both ends
			few.Samples, few.Warm, few.Batch, few.Count = "", nil, nil, ptr(int64(7))
			do(t, b.one, few)
			for i := range *few.Count {
				got := do(t, b.two, protocol.Request{Op: protocol.Op(x.family, x.get), Object: "a"}).Bytes()
				if int64(len(got)) != size || !protocoltest.IsMeasuredItem(got, itemSeed, i) {
					t.Fatalf("%s: item %d of %d bytes is % x", x.subject, i, size, got[:min(len(got), 64)])
				}
			}
		}
	}
}

// Items that come again, or too late, are reported by each language.
func TestMeasuredItemsAreCompared(t *testing.T) {
	put := map[string]string{"get": "put", "receive": "send"}
	for _, x := range measuredLanguages {
		b := newBench(t, measuredAgent(t, x.subject), x.family, 10_000)
		for says, c := range map[string]struct {
			items []int64
			size  int64
			spoil func(p []byte)
		}{
			"item 2 ends as item 1":    {[]int64{0, 1, 1, 3}, 64, nil},
			"item 2 ends as item 7":    {[]int64{0, 1, 7, 3}, 9000, nil},
			"item 2 is ":               {[]int64{0, 1, 1, 3}, 8, nil},
			"item 2 begins with ":      {[]int64{0, 1, 1, 3}, 8, nil},
			"length 63, expected 64":   {[]int64{0, 1, 2, 3}, 64, func(p []byte) {}},
			"parts of two items":       {[]int64{0, 1, 2, 3}, 9000, func(p []byte) { p[4096+16] ^= 1 }},
			"item 2 ends as no item d": {[]int64{0, 1, 2, 3}, 64, func(p []byte) { p[63] ^= 1 }},
		} {
			if c.size == 8 && strings.HasPrefix(says, "item 2 is") != strings.HasPrefix(x.subject, "python") {
				continue // the wording of the other language
			}
			for at, i := range c.items {
				p := make([]byte, c.size)
				protocoltest.MeasuredItem(p, itemSeed, i, 0)
				if at == 2 && c.spoil != nil {
					c.spoil(p)
					if strings.HasPrefix(says, "length") {
						p = p[:63]
					}
				}
				do(t, b.one, protocol.Request{Op: protocol.Op(x.family, put[x.get]), Object: "a", Data: text(p)})
			}
			r := b.request("drain", "a", "", c.size)
			r.Warm, r.Batch, r.Count = nil, ptr(int64(2)), ptr(int64(4))
			if got := do(t, b.two, r); *got.Done != 4 || *got.Wrong != 1 || *got.WrongAt != 2 || !strings.Contains(got.WrongText, says) {
				t.Errorf("%s %s: %q: %d of %d wrong, %q", x.subject, x.family, says, *got.Wrong, *got.Done, got.WrongText)
			}
		}
	}
}

func TestMeasuredSynchronisation(t *testing.T) {
	const batches = stepCount / batchSteps
	l := sanitized(t, filepath.Join(impl, "c/example"))
	for _, family := range []string{protocol.Lock, protocol.RWLock, protocol.Region} {
		role := map[bool]string{true: protocol.RoleCount, false: protocol.RoleTake}[family == protocol.Region]
		b := newBench(t, l, family, 0)
		one, two := b.request(role, "a", "", 0), b.request(role, "a", "", 0)
		one.Maximum, two.Maximum, one.Offset, two.Offset = ptr(int64(2)), ptr(int64(2)), ptr(int64(64)), ptr(int64(64))
		f := b.scratch(&one, &two)
		b.both(one, two, batches, batches)
		sum := f.Sum(func(o *scratch.Own) *atomic.Uint64 { return &o.Passes })
		got := f.Counter()
		if family == protocol.Region {
			got = *do(t, b.one, protocol.Request{Op: "word.load", Object: "a", Offset: ptr(int64(64))}).Value
		}
		if sum < 2*(stepCount+warmSteps) || got != sum {
			t.Errorf("%s: %d steps in all, and the counter is %d", family, sum, got)
		}
		if family != protocol.Region {
			continue
		}
		ping, pong := b.request("ping", "a", "", 0), b.request("pong", "a", "", 0)
		ping.Offset, ping.OffsetBack = ptr(int64(128)), ptr(int64(256))
		pong.Offset, pong.OffsetBack = ping.OffsetBack, ping.Offset
		b.both(ping, pong, batches, batches)
		// A word that does not stay at its step: it holds 10000 soon.
		do(t, b.one, protocol.Request{Op: "word.store", Object: "a", Offset: ptr(int64(512)), Value: ptr(uint64(1))})
		ping = b.request("ping", "a", "", 0)
		ping.Offset, ping.OffsetBack, ping.Seed = ptr(int64(640)), ptr(int64(512)), ptr(uint64(0))
		waiting := b.one.Begin(ping)
		for step := uint64(0); step < 2; time.Sleep(time.Millisecond) {
			step = *do(t, b.two, protocol.Request{Op: "word.load", Object: "a", Offset: ping.Offset}).Value
		}
		do(t, b.two, protocol.Request{Op: "word.store", Object: "a", Offset: ptr(int64(512)), Value: ptr(uint64(10_000))})
		<-waiting.Done()
		if r, err := waiting.Reply(); err != nil || *r.Wrong == 0 || !strings.HasPrefix(r.WrongText, "the word held 10000, where it was ") {
			t.Errorf("%+v, %v", r, err)
		}
	}
}

func TestMeasuredSemaphores(t *testing.T) {
	const batches = stepCount / batchSteps
	b := newBench(t, sanitized(t, filepath.Join(impl, "c/example")), protocol.Semaphore, 0)
	ping, pong := b.request("ping", "a", "b", 0), b.request("pong", "b", "a", 0)
	b.scratch(&ping, &pong)
	b.both(ping, pong, batches, batches)

	for range batchSteps { // waits come through that the other process posted nothing for
		do(t, b.one, protocol.Request{Op: "semaphore.post", Object: "a"})
	}
	pong = b.request("pong", "b", "a", 0)
	ping.Count, pong.Count, pong.Warm = ptr(int64(0)), ptr(int64(batchSteps)), nil
	b.scratch(&ping, &pong)
	if r := do(t, b.two, pong); *r.Wrong != 1 || !strings.Contains(r.WrongText, "8 waits had come through, with 0 posts begun") {
		t.Errorf("%+v", r)
	}
}
