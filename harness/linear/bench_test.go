package linear

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/ipckit/ipckit/harness/history"
)

// clients take effect one after the other, each operation within its interval.
type clients []client

type client struct {
	id            int
	inv, lin, ret int64
}

func (c clients) Len() int           { return len(c) }
func (c clients) Less(i, j int) bool { return c[i].lin < c[j].lin }
func (c clients) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c *clients) Push(x any)        { *c = append(*c, x.(client)) }
func (c *clients) Pop() any          { panic("never") }

// A workload says what a client does next, and with what result.
type workload func(r *rand.Rand, client int) history.Op

// simulate makes a right history of n operations by k clients: intervals of 2
// to 200 ns, pauses of 1 to 30.
func simulate(n, k int, step workload) *history.History {
	r := rand.New(rand.NewPCG(7, uint64(n)))
	c := make(clients, k)
	plan := func(x *client, from int64) {
		x.inv = from + r.Int64N(30)
		x.lin = x.inv + 1 + r.Int64N(100)
		x.ret = x.lin + 1 + r.Int64N(100)
	}
	ops := make([][]history.Op, k)
	for i := range c {
		c[i].id = i
		plan(&c[i], start)
		ops[i] = make([]history.Op, 0, n/k+n/(8*k)+16)
	}
	heap.Init(&c)
	for range n {
		x := &c[0]
		o := step(r, x.id)
		o.Inv, o.Ret = x.inv, x.ret
		ops[x.id] = append(ops[x.id], o)
		plan(x, x.ret+1)
		heap.Fix(&c, 0)
	}
	h := new(history.History)
	for i := range ops {
		h.Logs = append(h.Logs, history.NewLog(uint32(i), ops[i]))
	}
	return h
}

// queueRun: every other client sends, unless 64 values are in the queue.
func queueRun() workload {
	var items []uint64
	next := map[int]uint32{}
	return func(_ *rand.Rand, client int) history.Op {
		if client%2 == 0 && len(items) < 64 {
			v := history.Value(uint32(client), next[client])
			next[client]++
			items = append(items, v)
			return history.Op{Kind: history.Send, Value: v}
		}
		if len(items) == 0 {
			return history.Op{Kind: history.Receive, Status: history.Empty}
		}
		v := items[0]
		items = items[1:]
		return history.Op{Kind: history.Receive, Value: v}
	}
}

const initial = 1 << 40 // of the register

// registerRun: half writes, half reads.
func registerRun() workload {
	current := uint64(initial)
	next := map[int]uint32{}
	return func(r *rand.Rand, client int) history.Op {
		if r.IntN(2) == 0 {
			current = history.Value(uint32(client), next[client])
			next[client]++
			return history.Op{Kind: history.Write, Value: current}
		}
		return history.Op{Kind: history.Read, Value: current}
	}
}

func counterRun() workload {
	ticket := uint64(0)
	return func(*rand.Rand, int) history.Op {
		ticket++
		return history.Op{Kind: history.Add, Value: ticket - 1, Aux: 1}
	}
}

// pairRun: client 0 sends into 64 places, client 1 receives.
func pairRun() workload {
	sent, received := uint32(0), uint32(0)
	return func(_ *rand.Rand, client int) history.Op {
		switch {
		case client == 0 && sent-received < 64:
			sent++
			return history.Op{Kind: history.Send, Value: history.Value(0, sent-1)}
		case client == 0:
			return history.Op{Kind: history.Send, Value: history.Value(0, sent), Status: history.Full}
		case received < sent:
			received++
			return history.Op{Kind: history.Receive, Value: history.Value(0, received-1)}
		}
		return history.Op{Kind: history.Receive, Status: history.Empty}
	}
}

var contests = []struct {
	name  string
	check Checker
	run   func() workload
	model sequential
	sizes []int // that porcupine can do in seconds
}{
	{"queue", FIFO{}, queueRun, queue(0, false), []int{100, 300, 1000}},
	{"register", Register{Initial: initial}, registerRun, registerModel(proof{initial: initial}), []int{1000, 10_000}},
	{"fetch-add", Counter{}, counterRun, registerModel(proof{}), []int{1000, 10_000}},
}

// BenchmarkTenMillion reads a right history of 10 million operations of 8
// clients from its files and decides it, on one processor. B/operation is what
// was allocated besides the mapped files.
func BenchmarkTenMillion(b *testing.B) {
	const n = 10_000_000
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, c := range contests {
		b.Run(c.name, func(b *testing.B) {
			var paths []string
			dir := b.TempDir()
			for i, l := range simulate(n, 8, c.run()).Logs {
				paths = append(paths, filepath.Join(dir, fmt.Sprint(i)))
				save(b, paths[i], l)
			}
			runtime.GC()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			for b.Loop() {
				h, err := history.Load(paths...)
				if err != nil {
					b.Fatal(err)
				}
				if v := c.check.Check(h); v.Outcome != Allowed || !v.Complete {
					b.Fatalf("%v: %s", v.Outcome, v.Reason)
				}
				if err := h.Close(); err != nil {
					b.Fatal(err)
				}
			}
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/n, "B/operation")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/operation")
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/history")
		})
	}
}

func save(b *testing.B, path string, l *history.Log) {
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := l.WriteTo(f); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPorcupine is the general checker on sizes that it can do, and ours
// on the same histories.
func BenchmarkPorcupine(b *testing.B) {
	for _, c := range contests {
		for _, n := range c.sizes {
			h := simulate(n, 4, c.run())
			ops := operations(steps(h))
			model := c.model.model()
			b.Run(fmt.Sprintf("%s/%d/porcupine", c.name, n), func(b *testing.B) {
				undecided := 0.0
				for b.Loop() {
					if porcupine.CheckOperationsTimeout(model, ops, 10*time.Second) != porcupine.Ok {
						undecided++
					}
				}
				b.ReportMetric(undecided/float64(b.N), "undecided/op")
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/operation")
			})
			b.Run(fmt.Sprintf("%s/%d/ipckit", c.name, n), func(b *testing.B) {
				for b.Loop() {
					if v := c.check.Check(h); v.Outcome != Allowed {
						b.Fatal(v.Reason)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/operation")
			})
		}
	}
}

// BenchmarkOthers are further checkers, on histories of a million operations.
func BenchmarkOthers(b *testing.B) {
	const n = 1_000_000
	for _, c := range []struct {
		name    string
		check   Checker
		clients int
		run     func() workload
	}{
		{"priority", Priority{}, 8, queueRun},
		{"bounded-many", Bounded{Capacity: 64}, 8, queueRun},
		{"bounded-one-to-one", Bounded{Capacity: 64}, 2, pairRun},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := simulate(n, c.clients, c.run())
			for b.Loop() {
				if v := c.check.Check(h); v.Outcome != Allowed {
					b.Fatal(v.Reason)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/operation")
		})
	}
}
