package lock

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/suites/section"
)

// inherited: one of two processes inherits a dead owner's lock.
func inherited(w *check.World) {
	section.Contest[*check.Lock]{
		Create: (*check.Process).CreateLock, Open: (*check.Process).OpenLock,
		Unlink: (*check.Lock).Unlink, Detach: (*check.Lock).Detach, Acquire: (*check.Lock).Acquire, Release: (*check.Lock).Release,
	}.Run(w)
}
