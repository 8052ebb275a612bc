package rwlock

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/life"
	"github.com/ipckit/ipckit/suites/section"
)

// named is the reader–writer lock as an object with a name: what a handle leaves is
// that it is inside, as a writer and then as a reader.
func named(w *check.World) life.Object[*check.RWLock] {
	return life.Object[*check.RWLock]{
		Noun: "reader–writer lock", Create: (*check.Process).CreateRWLock, Open: (*check.Process).OpenRWLock, Unlink: (*check.RWLock).Unlink,
		Leave: func(by *check.RWLock) func(*check.RWLock, string) {
			enterWrite(w, by, "while no process is inside")
			return func(l *check.RWLock, when string) {
				refused := func(err error, what string) {
					section.NotBoth(w, err, by.Process(), l.Process(), "a try by %s to %s, %s,", l.Process().Name(), what, when)
				}
				refused(l.Write(subject.Never), "write while another handle is inside as a writer")
				refused(l.Read(subject.Never), "read while another handle is inside as a writer")
				w.Must(by.Release(), "release by %s, which is inside, %s", by.Process().Name(), when)
				w.Must(by.Read(subject.Never), "a try by %s to read the free lock, %s", by.Process().Name(), when)
				refused(l.Write(subject.Never), "write while another handle is inside as a reader")
				w.Must(l.Read(subject.Never), "a try by %s to read beside another reader, %s", l.Process().Name(), when)
				leave(w, by)
				leave(w, l)
			}
		},
	}
}
