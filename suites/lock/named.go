package lock

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/life"
	"github.com/ipckit/ipckit/suites/section"
)

// named is the lock as an object with a name: what a handle leaves is that it holds
// the lock.
func named(w *check.World) life.Object[*check.Lock] {
	return life.Object[*check.Lock]{
		Noun: "lock", Once: true, // what a process keeps for its handles, such as a file with its number, may go with one of them
		Create: (*check.Process).CreateLock, Open: (*check.Process).OpenLock, Unlink: (*check.Lock).Unlink,
		Leave: func(by *check.Lock) func(*check.Lock, string) {
			acquire(w, by)
			return func(l *check.Lock, when string) {
				who := l.Process().Name()
				section.NotBoth(w, l.Acquire(subject.Never), by.Process(), l.Process(), "a try by %s to acquire the lock that another handle holds, %s,", who, when)
				w.Must(by.Release(), "releasing the lock by %s, which holds it, %s", by.Process().Name(), when)
				w.Must(l.Acquire(subject.Never), "a try by %s to acquire the lock that its owner has released, %s", who, when)
				w.Must(l.Release(), "releasing the lock by %s, which holds it, %s", who, when)
			}
		},
	}
}
