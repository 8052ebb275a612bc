package sharedmemory

import (
	"fmt"
	"strconv"
	"testing"
	"time"
)

func mustSemaphore(t *testing.T, value, max int) *Semaphore {
	t.Helper()
	s, err := CreateSemaphore(freshName(t), value, max)
	return attached(t, s, err)
}

func TestSemaphoreCounts(t *testing.T) {
	t.Parallel()
	for _, numbers := range [][2]int{{-1, 1}, {0, 0}, {2, 1}, {0, SemaphoreMax + 1}} {
		_, err := CreateSemaphore(freshName(t), numbers[0], numbers[1])
		wantError(t, err, ErrInvalid)
	}
	s := mustSemaphore(t, 2, 3)
	wantError(t, s.Wait(Never), nil)
	wantError(t, s.Wait(Forever), nil)
	wantError(t, s.Wait(Never), ErrTimeout)
	begin := time.Now()
	wantError(t, s.Wait(Wait(120*time.Millisecond)), ErrTimeout)
	if d := time.Since(begin); d < 120*time.Millisecond {
		t.Fatalf("gave up after %v", d)
	}
	for range 3 {
		wantError(t, s.Post(), nil)
	}
	wantError(t, s.Post(), ErrFull)
	if s.Value() != 3 {
		t.Fatalf("value %d, expected 3", s.Value())
	}
	full := mustSemaphore(t, SemaphoreMax, SemaphoreMax)
	wantError(t, full.Post(), ErrFull)
	wantError(t, full.Wait(Never), nil)
}

// partWait takes units and prints a line after each.
func partWait(arguments []string) error {
	s, err := OpenSemaphore(arguments[0])
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(arguments[1])
	for range n {
		if err := s.Wait(Forever); err != nil {
			return err
		}
		fmt.Println("through")
	}
	return s.Detach()
}

func TestSemaphoreLetsThroughWhatWasPosted(t *testing.T) {
	t.Parallel()
	s := mustSemaphore(t, 0, 10)
	through := make(chan int)
	var processes []*process
	for i := range 4 {
		p := start(t, "wait", s.Name(), 2)
		processes = append(processes, p)
		go func() {
			for range 2 {
				p.expect("through")
				through <- i
			}
		}()
	}
	for range 8 {
		time.Sleep(10 * time.Millisecond)
		select {
		case i := <-through:
			t.Fatalf("process %d took a unit that was not posted", i)
		default:
		}
		wantError(t, s.Post(), nil)
		<-through
	}
	for _, p := range processes {
		p.finish()
	}
	if s.Value() != 0 {
		t.Fatalf("%d units left, expected none", s.Value())
	}
}

// partTurn passes units from one semaphore to another.
func partTurn(arguments []string) error {
	in, err := OpenSemaphore(arguments[0])
	if err != nil {
		return err
	}
	out, err := OpenSemaphore(arguments[1])
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(arguments[2])
	for range n {
		if err := in.Wait(Forever); err != nil {
			return err
		}
		if err := out.Post(); err != nil {
			return err
		}
	}
	return nil
}

// TestSemaphoreLosesNoWakeUp passes one unit around a ring of processes.
func TestSemaphoreLosesNoWakeUp(t *testing.T) {
	t.Parallel()
	const n = 3
	rounds := 1000 * *effort
	var ring [n]*Semaphore
	for i := range ring {
		ring[i] = mustSemaphore(t, 0, 1)
	}
	var processes []*process
	for i := range ring {
		processes = append(processes, start(t, "turn", ring[i].Name(), ring[(i+1)%n].Name(), rounds))
	}
	wantError(t, ring[0].Post(), nil)
	for _, p := range processes {
		p.finish()
	}
	if got := ring[0].Value() + ring[1].Value() + ring[2].Value(); got != 1 {
		t.Fatalf("%d units left, expected one", got)
	}
}
