package mutants

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// sleep waits until the bell no longer is as it was seen. A wake without a
// change, a close or a signal is for the caller's loop to sort out.
func (r *ring) sleep(seen uint32, wait subject.Wait, limit time.Time, refusal subject.Kind) error {
	var timeout *unix.Timespec
	switch {
	case wait == subject.Never:
		return subject.Errorf(refusal, "")
	case wait == subject.Forever && r.is("ring-spins"):
		return nil
	case wait > 0:
		left := time.Until(limit)
		if left <= 0 {
			return subject.Errorf(subject.Timeout, "")
		}
		t := unix.NsecToTimespec(left.Nanoseconds())
		timeout = &t
	}
	r.sleepers.Add(1) // before the kernel looks at the bell: who rings it later sees it
	defer r.sleepers.Add(^uint32(0))
	_, _, errno := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&r.bell)), futexWait, uintptr(seen), uintptr(unsafe.Pointer(timeout)), 0, 0)
	if errno == unix.EINTR && r.is("ring-eintr-is-success") {
		return subject.Errorf(subject.Interrupted, "")
	}
	if refusal == subject.Empty && r.wakesOne() {
		time.Sleep(200 * time.Microsecond) // so that a producer comes meanwhile, to sleep or to put one more
	}
	return nil
}

// Operations of futex(2); not private, since the word is shared.
const (
	futexWait = 0
	futexWake = 1
)

// wake rings the bell and wakes everybody who sleeps on it.
func (r *ring) wake() {
	if r.wakesOne() {
		r.ringBell(1)
		return
	}
	r.ringBell(1 << 30)
}

func (r *ring) wakesOne() bool { return r.is("many-wakes-one") || r.is("many-wakes-at-empty") }

// ringBell wakes so many at most.
func (r *ring) ringBell(n uintptr) {
	r.bell.Add(1)
	if r.sleepers.Load() == 0 && !r.is("ring-wakes-always") {
		return
	}
	_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&r.bell)), futexWake, n, 0, 0, 0)
}

func deadline(wait subject.Wait) time.Time {
	if wait > 0 {
		return time.Now().Add(time.Duration(wait))
	}
	return time.Time{}
}
