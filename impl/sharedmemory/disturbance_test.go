package sharedmemory

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestBufferWithoutMembarrier has both sides run barriers of their own, as they
// do where membarrier(2) is blocked, with few slots so that they sleep often.
func TestBufferWithoutMembarrier(t *testing.T) {
	t.Parallel()
	for _, slots := range []int{1, 3} {
		b := mustBuffer(t, slots, sequenceMax)
		b.control.toProducer.Or(noticeFence)
		b.control.toConsumer.Or(noticeFence)
		get := start(t, "get", b.Name(), 0, 5_000**effort)
		get.expect("ready")
		put := start(t, "put", b.Name(), 0, 5_000**effort)
		put.finish()
		get.finish()
	}
}

// TestBufferSurvivesSignalsAndStops moves items while both sides receive many
// signals, and are stopped and continued.
func TestBufferSurvivesSignalsAndStops(t *testing.T) {
	t.Parallel()
	b := mustBuffer(t, 2, sequenceMax)
	n := 20_000 * *effort
	get := start(t, "get", b.Name(), 0, n)
	get.expect("ready")
	put := start(t, "put", b.Name(), 0, n)
	end := make(chan struct{})
	signalled := make(chan int)
	go func() {
		for count := 0; ; count++ {
			for _, p := range []*process{get, put} {
				pid := p.command.Process.Pid
				_ = unix.Kill(pid, unix.SIGURG) // which Go programs receive at any time
				if count%16 == 0 {
					_ = unix.Kill(pid, unix.SIGSTOP)
					time.Sleep(time.Duration(rand.IntN(200)) * time.Microsecond)
					_ = unix.Kill(pid, unix.SIGCONT)
				}
			}
			select {
			case <-end:
				signalled <- count
				return
			case <-time.After(20 * time.Microsecond):
			}
		}
	}()
	put.expect("ready")
	put.expect("done")
	get.expect("done")
	close(end)
	t.Logf("%d rounds of signals", <-signalled)
	put.finish()
	get.finish()
}

// TestBufferSleeperUsesNoProcessorTime measures a waiting consumer.
func TestBufferSleeperUsesNoProcessorTime(t *testing.T) {
	t.Parallel()
	b := mustBuffer(t, 1, 8)
	p := start(t, "get", b.Name(), 0, 1)
	p.expect("ready")
	used := func() time.Duration {
		var clock unix.Timespec
		// The clock of another process: ~pid << 3 | CPUCLOCK_SCHED (clock_getcpuclockid(3)).
		if err := unix.ClockGettime(int32(^p.command.Process.Pid<<3|2), &clock); err != nil {
			t.Skip("the processor time of another process cannot be read: ", err)
		}
		return time.Duration(clock.Nano())
	}
	time.Sleep(50 * time.Millisecond) // it has stopped spinning
	before := used()
	const wait = 400 * time.Millisecond // several watchIntervals
	time.Sleep(wait)
	if d := used() - before; d > wait/10 {
		t.Fatalf("waiting for %v took %v of processor time", wait, d)
	}
	wantPut(t, b, Never, sequence(nil, 0))
	p.finish()
}

// partFlicker attaches, locks once, and detaches, many times.
func partFlicker(arguments []string) error {
	for i := range 200 {
		l, err := OpenRWLock(arguments[0])
		if err != nil {
			return err
		}
		acquire := l.AcquireRead
		if i%3 == 0 {
			acquire = l.AcquireWrite
		}
		if err := acquire(Forever); err != nil {
			return err
		}
		if err := errors.Join(l.Release(), l.Detach()); err != nil {
			return err
		}
	}
	fmt.Println("done")
	return nil
}

func TestSeatsAreTakenAndGivenBack(t *testing.T) {
	t.Parallel()
	l, err := CreateRWLock(freshName(t))
	wantError(t, err, nil)
	detachAtEnd(t, l)
	var processes []*process
	for range 4 {
		processes = append(processes, start(t, "flicker", l.Name()))
	}
	for _, p := range processes {
		p.expect("done")
		p.finish()
	}
	if used := l.lock.table.used(); used > 5 {
		t.Fatalf("%d seats were used by 5 handles at a time", used)
	}
}
