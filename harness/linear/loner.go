package linear

import "github.com/ipckit/ipckit/harness/history"

// A loner finds operations during which no other operation on the object was in
// progress. Of a relaxed object, only these must be right to report "empty", "full"
// or "failed".
type loner struct {
	open  int
	alone *history.Op
}

// see takes all events, in order of time.
func (l *loner) see(e history.Event) {
	if e.Return {
		l.open--
		if e.Op.Status == history.Unknown {
			l.open++ // it may still take effect
		}
		return
	}
	l.alone = nil
	if l.open == 0 {
		l.alone = e.Op
	}
	l.open++
}

// is reports whether the operation that has just returned was such an operation.
func (l *loner) is(e history.Event) bool { return l.alone == e.Op }
