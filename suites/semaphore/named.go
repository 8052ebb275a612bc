package semaphore

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/life"
	"github.com/ipckit/ipckit/suites/section"
)

// named is the semaphore as an object with a name: what a handle leaves is a post.
func named(w *check.World) life.Object[*check.Semaphore] {
	return life.Object[*check.Semaphore]{
		Noun: "semaphore",
		Create: func(p *check.Process, name string) (*check.Semaphore, error) {
			return p.CreateSemaphore(name, 0, w.SemaphoreMaximum(100_000))
		},
		Open: (*check.Process).OpenSemaphore, Unlink: (*check.Semaphore).Unlink,
		Leave: func(by *check.Semaphore) func(*check.Semaphore, string) {
			post(w, by)
			return func(s *check.Semaphore, when string) {
				who := s.Process().Name()
				w.Must(s.Wait(subject.Never), "a try by %s to take the one permit there is, %s", who, when)
				w.Refused(s.Wait(subject.Never), section.NotGranted, "a try by %s at value zero, %s", who, when)
			}
		},
	}
}
