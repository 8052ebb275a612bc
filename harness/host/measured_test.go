package host

import (
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/samples"
	"github.com/ipckit/ipckit/harness/protocol/scratch"
	"github.com/ipckit/ipckit/harness/subject"
)

// kin is a subject in memory, which the hosts of a test share. Objects are made by
// whichever asks first.
type kin struct {
	mu      sync.Mutex
	objects map[string]any
	again   func(i int) bool             // get i gives what was got last, at once; may be nil
	spoil   func(i int, item []byte) int // changes item i, and says its length; may be nil
	loose   bool                         // locks exclude nothing, and no wait waits
}

func (k *kin) subject() subject.Subject {
	return subject.Subject{Mailboxes: kinBoxes{k}, Locks: kinLocks{k}, Semaphores: kinSemaphores{k}, Regions: kinRegions{k}}
}

func once[T any](k *kin, name string, fresh func() T) (T, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.objects == nil {
		k.objects = map[string]any{}
	}
	if k.objects[name] == nil {
		k.objects[name] = fresh()
	}
	return k.objects[name].(T), nil
}

type kinBoxes struct{ k *kin }

func (b kinBoxes) Create(name string, _ subject.Shape) (subject.Mailbox, error) { return b.Open(name) }
func (b kinBoxes) Unlink(string) error                                          { return nil }
func (b kinBoxes) Open(name string) (subject.Mailbox, error) {
	return once[subject.Mailbox](b.k, name, func() subject.Mailbox { return &kinBox{kin: b.k, items: make(chan []byte, 8)} })
}

type kinBox struct {
	*kin
	items chan []byte
	got   int
	last  []byte
}

func (b *kinBox) Detach() error { return nil }
func (b *kinBox) Send(p []byte, _ subject.Wait) error {
	b.items <- append([]byte(nil), p...)
	return nil
}

func (b *kinBox) Receive(into []byte, _ subject.Wait) (int, error) {
	if b.again == nil || !b.again(b.got) {
		b.last = <-b.items
	}
	n := len(b.last)
	if b.spoil != nil {
		n = b.spoil(b.got, b.last)
	}
	b.got++
	copy(into, b.last)
	return n, nil
}

type kinLocks struct{ k *kin }

func (l kinLocks) Create(name string) (subject.Lock, error) { return l.Open(name) }
func (l kinLocks) Unlink(string) error                      { return nil }
func (l kinLocks) Open(name string) (subject.Lock, error) {
	return once(l.k, name, func() subject.Lock { return &kinLock{loose: l.k.loose} })
}

type kinLock struct {
	sync.Mutex
	loose bool
}

func (l *kinLock) Detach() error { return nil }
func (l *kinLock) Acquire(subject.Wait) error {
	if !l.loose {
		l.Lock()
	}
	return nil
}

func (l *kinLock) Release() error {
	if !l.loose {
		l.Unlock()
	}
	return nil
}

type kinSemaphores struct{ k *kin }

func (s kinSemaphores) Create(name string, _ subject.Stock) (subject.Semaphore, error) {
	return s.Open(name)
}
func (s kinSemaphores) Unlink(string) error { return nil }
func (s kinSemaphores) Open(name string) (subject.Semaphore, error) {
	return once(s.k, name, func() subject.Semaphore {
		return &kinSemaphore{value: make(chan struct{}, 1<<16), loose: s.k.loose}
	})
}

type kinSemaphore struct {
	value chan struct{}
	loose bool
}

func (s *kinSemaphore) Detach() error { return nil }
func (s *kinSemaphore) Post() error   { s.value <- struct{}{}; return nil }
func (s *kinSemaphore) Wait(subject.Wait) error {
	if !s.loose {
		<-s.value
	}
	return nil
}

type kinRegions struct{ k *kin }

func (r kinRegions) Create(name string, _ int64) (subject.Region, error) { return r.Open(name, false) }
func (r kinRegions) Unlink(string) error                                 { return nil }
func (r kinRegions) Open(name string, _ bool) (subject.Region, error) {
	return once(r.k, name, func() subject.Region { return &kinRegion{loose: r.k.loose} })
}

type kinRegion struct {
	words [64]atomic.Uint64
	loose bool
}

func (r *kinRegion) Size() int64                            { return 512 }
func (r *kinRegion) ReadAt(p []byte, _ int64) (int, error)  { return len(p), nil }
func (r *kinRegion) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }
func (r *kinRegion) Detach() error                          { return nil }
func (r *kinRegion) Load(at int64) (uint64, error)          { return r.words[at/8].Load(), nil }
func (r *kinRegion) Add(at int64, d uint64) (uint64, error) { return r.words[at/8].Add(d) - d, nil }
func (r *kinRegion) CompareAndSwap(at int64, old, v uint64) (uint64, bool, error) {
	return old, r.words[at/8].CompareAndSwap(old, v), nil
}

func (r *kinRegion) Store(at int64, v uint64) error {
	if r.loose && v%5 == 0 {
		v++ // ahead of itself
	}
	r.words[at/8].Store(v)
	return nil
}

// pair are two hosts of one subject, each with the objects a and b of a family.
func pair(t *testing.T, k *kin, family string) (one, two *line) {
	t.Helper()
	one, two = serve(t, k.subject()), serve(t, k.subject())
	for _, l := range []*line{one, two} {
		for _, handle := range []string{"a", "b"} {
			r := protocol.Request{Op: protocol.Op(family, protocol.Create), Object: handle, Name: "/" + handle,
				Capacity: new(int64(8)), ItemMax: new(int64(1 << 20)), Size: new(int64(512)), Initial: new(int64(0)), Maximum: new(int64(9))}
			if got := l.do(r); !got.OK {
				t.Fatalf("%+v", got)
			}
		}
	}
	return one, two
}

// both runs a workload on two hosts.
func both(one, two *line, a, b protocol.Request) (protocol.Reply, protocol.Reply) {
	two.send(b)
	ra := one.do(a)
	return ra, two.reply()
}

const (
	stepsWarm  = 20
	stepsCount = 600
	stepsBatch = 30
)

// measuring is a request of a measured role, and the file of its samples.
func measuring(t *testing.T, role, object, back string, size int64) (_ protocol.Request, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "samples")
	if err := samples.Create(file, stepsCount); err != nil {
		t.Fatal(err)
	}
	r := protocol.Request{Op: protocol.OpWorkload, Object: object, Back: back, Role: role, Count: new(int64(stepsCount)),
		Warm: new(int64(stepsWarm)), Batch: new(int64(stepsBatch)), Samples: file, Seed: new(uint64(11))}
	if size > 0 {
		r.SizeMin, r.SizeMax = &size, &size
	}
	return r, file
}

func right(t *testing.T, r protocol.Reply) {
	t.Helper()
	if !r.OK || *r.Done != stepsCount || r.Wrong != nil && *r.Wrong != 0 {
		t.Errorf("%+v", r)
	}
}

func sampled(t *testing.T, file string, n int) {
	t.Helper()
	list, err := samples.Read(file)
	if err != nil || len(list) != n {
		t.Fatalf("%d samples, %v; want %d", len(list), err, n)
	}
	for i, ns := range list {
		if ns <= 0 {
			t.Errorf("sample %d is %d ns", i, ns)
		}
	}
}

func TestItemsThatAreMeasured(t *testing.T) {
	if h := open(t, &queues{}).do(protocol.Request{Op: protocol.OpHello, Protocol: new(0)}); !h.Measures {
		t.Errorf("hello: %+v", h)
	}
	for _, size := range []int64{1, 7, 8, 9, 15, 16, 17, 24, 64, 100, 4095, 4096, 4104, 70_000} {
		one, two := pair(t, &kin{}, protocol.Mailbox)
		ping, file := measuring(t, protocol.RolePing, "a", "b", size)
		pong, _ := measuring(t, protocol.RolePong, "b", "a", size)
		pong.Samples = ""
		a, b := both(one, two, ping, pong)
		right(t, a)
		right(t, b)
		sampled(t, file, stepsCount/stepsBatch)

		stream, _ := measuring(t, protocol.RoleStream, "a", "", size)
		stream.Samples, stream.Batch = "", nil
		drain, file := measuring(t, protocol.RoleDrain, "a", "", size)
		a, b = both(one, two, stream, drain)
		right(t, a)
		right(t, b)
		sampled(t, file, stepsCount/stepsBatch)

		paced, _ := measuring(t, protocol.RolePaced, "a", "", max(size, 16))
		paced.Samples, paced.Every = "", new(int64(2000))
		arrive, file := measuring(t, protocol.RoleArrive, "a", "", max(size, 16))
		arrive.Every = paced.Every
		a, b = both(one, two, paced, arrive)
		right(t, a)
		right(t, b)
		sampled(t, file, stepsCount)
	}
}

// A subject that does less than it says does not win by it.
func TestItemsThatAreMeasuredAreCompared(t *testing.T) {
	const at = 77
	for name, c := range map[string]struct {
		size int64
		kin  *kin
		text string
	}{
		"item again":    {64, &kin{again: func(i int) bool { return i == at }}, "item 77 ends as item 76"},
		"early answers": {64, &kin{again: func(i int) bool { return i >= at }}, "item 77 ends as item 76"},
		"shorter": {64, &kin{spoil: func(i int, item []byte) int {
			return len(item) - map[bool]int{true: 8}[i >= at]
		}}, "length 56, expected 64"},
		"middle of a large one": {1 << 20, &kin{spoil: func(i int, item []byte) int {
			if i >= at {
				clear(item[300_000:400_000])
			}
			return len(item)
		}}, "item 77 ends as it should and differs before its end"},
		"a byte of a small one": {8, &kin{spoil: func(i int, item []byte) int {
			if i == at {
				item[3] ^= 1
			}
			return len(item)
		}}, "item 77 is "},
	} {
		one, two := pair(t, c.kin, protocol.Mailbox)
		stream, _ := measuring(t, protocol.RoleStream, "a", "", c.size)
		stream.Samples = ""
		drain, _ := measuring(t, protocol.RoleDrain, "a", "", c.size)
		one.send(stream)
		r := two.do(drain)
		if !r.OK || r.Wrong == nil || *r.Wrong == 0 || *r.WrongAt != at-stepsWarm || !strings.HasPrefix(r.WrongText, c.text) {
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func TestIntendedTimesAreCompared(t *testing.T) {
	k := &kin{}
	one, two := pair(t, k, protocol.Mailbox)
	paced, _ := measuring(t, protocol.RolePaced, "a", "", 16)
	paced.Samples, paced.Every = "", new(int64(2000))
	arrive, _ := measuring(t, protocol.RoleArrive, "a", "", 16)
	arrive.Every = new(int64(2001))
	if _, r := both(one, two, paced, arrive); r.Wrong == nil || *r.Wrong == 0 {
		t.Errorf("%+v", r)
	}
}

// shared gives two requests one scratch file.
func shared(t *testing.T, requests ...*protocol.Request) *scratch.File {
	t.Helper()
	path := filepath.Join(t.TempDir(), "scratch")
	f, err := scratch.Create(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	for i, r := range requests {
		r.Scratch, r.Index = path, new(int64(i))
	}
	return f
}

func TestLocksAndWordsThatAreMeasured(t *testing.T) {
	for family, role := range map[string]string{protocol.Lock: protocol.RoleTake, protocol.Region: protocol.RoleCount} {
		k := &kin{}
		one, two := pair(t, k, family)
		a, file := measuring(t, role, "a", "", 0)
		b, other := measuring(t, role, "a", "", 0)
		a.Maximum, b.Maximum = new(int64(2)), new(int64(2))
		a.Offset, b.Offset = new(int64(16)), new(int64(16))
		f := shared(t, &a, &b)
		ra, rb := both(one, two, a, b)
		right(t, ra)
		right(t, rb)
		sampled(t, file, stepsCount/stepsBatch)
		sampled(t, other, stepsCount/stepsBatch)
		total := f.Sum(passes)
		if total < 2*(stepsCount+stepsWarm) {
			t.Errorf("%s: %d steps in all", role, total)
		}
		if role == protocol.RoleTake && f.Counter() != total {
			t.Errorf("the counter is %d after %d steps", f.Counter(), total)
		}
		if role == protocol.RoleCount {
			if r := one.do(protocol.Request{Op: protocol.OpWordLoad, Object: "a", Offset: new(int64(16))}); *r.Value != total {
				t.Errorf("the word holds %d after %d steps", *r.Value, total)
			}
		}
	}
}

func TestSemaphoresAndWordsThatAnswer(t *testing.T) {
	for _, family := range []string{protocol.Semaphore, protocol.Region} {
		for _, loose := range []bool{false, true} {
			one, two := pair(t, &kin{loose: loose}, family)
			ping, file := measuring(t, protocol.RolePing, "a", "b", 0)
			pong, _ := measuring(t, protocol.RolePong, "b", "a", 0)
			pong.Samples = ""
			if family == protocol.Region {
				ping.Back, pong.Back, pong.Object = "", "", "a"
				ping.Offset, ping.OffsetBack = new(int64(0)), new(int64(128))
				pong.Offset, pong.OffsetBack = ping.OffsetBack, ping.Offset
			}
			shared(t, &ping, &pong)
			if loose {
				one.send(ping) // in words, it may wait for ever
				r := two.do(pong)
				if family == protocol.Semaphore && *r.Wrong == 0 { // ping was ahead all the time
					r = one.reply()
				}
				if *r.Wrong == 0 || r.WrongText == "" {
					t.Errorf("%s: %+v", family, r)
				}
				continue
			}
			a, b := both(one, two, ping, pong)
			right(t, a)
			right(t, b)
			sampled(t, file, stepsCount/stepsBatch)
		}
	}
}

func TestMeasuredRequestsThatMakeNoSense(t *testing.T) {
	one, _ := pair(t, &kin{}, protocol.Mailbox)
	for text, spoil := range map[string]func(r *protocol.Request){
		"one size":        func(r *protocol.Request) { r.SizeMax = new(int64(99)) },
		"0 bytes":         func(r *protocol.Request) { r.SizeMin, r.SizeMax = new(int64(0)), new(int64(0)) },
		"seed":            func(r *protocol.Request) { r.Seed = nil },
		"multiple":        func(r *protocol.Request) { r.Batch = new(int64(7)) },
		"batches of 0":    func(r *protocol.Request) { r.Batch = new(int64(0)) },
		"room for":        func(r *protocol.Request) { r.Batch, r.Count = new(int64(1)), new(int64(stepsCount+1)) },
		"no such file":    func(r *protocol.Request) { r.Samples = "/nowhere" },
		"does not fit":    func(r *protocol.Request) { r.Role = protocol.RoleTake },
		"needs every":     func(r *protocol.Request) { r.Role = protocol.RoleArrive },
		`handle "nobody"`: func(r *protocol.Request) { r.Role, r.Back = protocol.RolePing, "nobody" },
	} {
		r, _ := measuring(t, protocol.RoleDrain, "a", "", 64)
		spoil(&r)
		if got := one.do(r); got.Error != subject.Invalid || !strings.Contains(got.Text, text) {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
