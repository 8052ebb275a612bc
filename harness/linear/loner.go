package linear

import "github.com/ipckit/ipckit/harness/history"

// A loner knows whether an operation had its object for itself: whether no
// other was in flight at any instant of it. A relaxed object owes a reason for
// "empty", "full" or "failed" only then.
type loner struct {
	open  int
	alone *history.Op
}

// see takes the events in order.
func (l *loner) see(e history.Event) {
	if e.Return {
		l.open--
		if e.Op.Status == history.Unknown {
			l.open++ // may take effect still
		}
		return
	}
	l.alone = nil
	if l.open == 0 {
		l.alone = e.Op
	}
	l.open++
}

// is reports it of the operation that has just returned.
func (l *loner) is(e history.Event) bool { return l.alone == e.Op }
