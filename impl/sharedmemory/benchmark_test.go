package sharedmemory

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pin binds this thread, and with it the process's hot loop, to a processor.
func pin(cpu int) {
	runtime.LockOSThread()
	var set unix.CPUSet
	set.Set(cpu)
	_ = unix.SchedSetaffinity(0, &set)
}

// partPingPong returns each item of one buffer through another, or swallows
// all and acknowledges the last.
func partPingPong(arguments []string) error {
	in, err := OpenBuffer(arguments[0])
	if err != nil {
		return err
	}
	out, err := OpenBuffer(arguments[1])
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(arguments[3])
	pin(1)
	item := make([]byte, in.itemMax)
	if arguments[2] == "stream" {
		fmt.Println("ready")
		for range n {
			if _, err := in.Get(item, Forever); err != nil {
				return err
			}
		}
		return out.Put(nil, Forever)
	}
	fmt.Println("ready")
	for range n {
		k, err := in.Get(item, Forever)
		if err != nil {
			return err
		}
		if err := out.Put(item[:k], Forever); err != nil {
			return err
		}
	}
	return nil
}

func BenchmarkRoundTrip(b *testing.B) {
	for _, size := range []int{8, 64, 65536} {
		b.Run(strconv.Itoa(size), func(b *testing.B) { benchmark(b, size, 1024, "return") })
	}
}

func BenchmarkStream(b *testing.B) {
	for _, size := range []int{8, 64, 65536, 1 << 20} {
		slots := max(8, min(8192, 8<<20/size))
		b.Run(strconv.Itoa(size), func(b *testing.B) { benchmark(b, size, slots, "stream") })
	}
}

func benchmark(b *testing.B, size, slots int, how string) {
	if runtime.NumCPU() < 2 {
		b.Skip("needs two processors")
	}
	var buffers [2]*Buffer
	for i := range buffers {
		var err error
		if buffers[i], err = CreateBuffer(freshName(b), Shape{Slots: slots, ItemMax: size}); err != nil {
			b.Fatal(err)
		}
		defer buffers[i].Detach()
	}
	t := &testing.T{}
	p := start(t, "pingpong", buffers[0].Name(), buffers[1].Name(), how, b.N)
	defer p.kill()
	p.expect("ready")
	var old unix.CPUSet
	_ = unix.SchedGetaffinity(0, &old)
	pin(0)
	defer func() { _ = unix.SchedSetaffinity(0, &old); runtime.UnlockOSThread() }()
	item := make([]byte, size)
	times := make([]time.Duration, 0, b.N)
	b.SetBytes(int64(size))
	b.ResetTimer()
	for range b.N {
		begin := time.Now()
		if err := buffers[0].Put(item, Forever); err != nil {
			b.Fatal(err)
		}
		if how == "return" {
			if _, err := buffers[1].Get(item, Forever); err != nil {
				b.Fatal(err)
			}
			times = append(times, time.Since(begin))
		}
	}
	if how == "stream" {
		if _, err := buffers[1].Get(item, Forever); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	if len(times) > 0 {
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)/2]), "p50-ns")
		b.ReportMetric(float64(times[len(times)*99/100]), "p99-ns")
	}
}

// BenchmarkMany moves items from two producers to two consumers, each with a
// thread and a handle of its own.
func BenchmarkMany(b *testing.B) {
	for _, batch := range []int{1, 8, 32} {
		b.Run(strconv.Itoa(batch), func(b *testing.B) {
			m := mustMany(b, 4096, 64)
			const sides = 2
			var processes sync.WaitGroup
			work := func(transfer func(*ManyBuffer, [][]byte) (int, error)) {
				h, items := openMany(b, m.Name()), make([][]byte, batch)
				for i := range items {
					items[i] = make([]byte, 64)
				}
				processes.Go(func() {
					runtime.LockOSThread()
					defer runtime.UnlockOSThread()
					for moved := 0; moved < b.N/sides; {
						n, err := transfer(h, items[:min(batch, b.N/sides-moved)])
						if err != nil {
							b.Error(err)
							return
						}
						moved += n
					}
				})
			}
			b.SetBytes(64)
			b.ResetTimer()
			for range sides {
				work(func(h *ManyBuffer, items [][]byte) (int, error) { return h.PutBatch(items, Forever) })
				work(func(h *ManyBuffer, items [][]byte) (int, error) { return h.GetBatch(items, Forever) })
			}
			processes.Wait()
		})
	}
}

// BenchmarkUncontended is what each object costs a process that is alone.
func BenchmarkUncontended(b *testing.B) {
	mutex, err := CreateMutex(freshName(b))
	if err != nil {
		b.Fatal(err)
	}
	fair, err := CreateFairMutex(freshName(b))
	if err != nil {
		b.Fatal(err)
	}
	semaphore, err := CreateSemaphore(freshName(b), 1, 1)
	if err != nil {
		b.Fatal(err)
	}
	buffer, many := mustBuffer(b, 16, 64), mustMany(b, 16, 64)
	item := make([]byte, 64)
	for _, c := range []struct {
		name      string
		there     func() error
		backAgain func() error
	}{
		{"mutex", func() error { return mutex.Acquire(Forever) }, mutex.Release},
		{"fair mutex", func() error { return fair.Acquire(Forever) }, fair.Release},
		{"semaphore", func() error { return semaphore.Wait(Forever) }, semaphore.Post},
		{"buffer", func() error { return buffer.Put(item, Forever) }, func() error { _, err := buffer.Get(item, Forever); return err }},
		{"buffer for many", func() error { return many.Put(item, Forever) }, func() error { _, err := many.Get(item, Forever); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				if err := c.there(); err != nil {
					b.Fatal(err)
				}
				if err := c.backAgain(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
