package check

import (
	"fmt"
	"strings"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
)

// An ending ends a spec's body; it is thrown by the fail handler and by the
// verdict methods of World, and caught by attempt.
type ending struct {
	verdict reports.Verdict
	message string
}

// failed is Gomega's fail handler: an expectation of a spec was not met.
func failed(message string, _ ...int) {
	panic(ending{verdict: reports.Fail, message: message})
}

// kitError is thrown for what is neither the subject's nor the host's fault.
type kitError struct{ error }

func (k kitError) Unwrap() error { return k.error }

// Fail ends the spec: the subject did not do what the requirement says.
func (w *World) Fail(format string, args ...any) { w.finish(reports.Fail, format, args...) }

// Unobserved ends the spec: the subject shows nothing that could be judged.
func (w *World) Unobserved(format string, args ...any) { w.finish(reports.Unobserved, format, args...) }

// Inconclusive ends the spec: it could not be decided.
func (w *World) Inconclusive(format string, args ...any) {
	w.finish(reports.Inconclusive, format, args...)
}

// Skip ends the spec: this host cannot do what the check needs.
func (w *World) Skip(format string, args ...any) { w.finish(reports.Skipped, format, args...) }

func (w *World) finish(v reports.Verdict, format string, args ...any) {
	panic(ending{verdict: v, message: fmt.Sprintf(format, args...)})
}

// Crash ends the spec: a process of the subject died.
func (w *World) Crash(format string, args ...any) { w.finish(reports.Crash, format, args...) }

// Timeout ends the spec: a process of the subject did not come back.
func (w *World) Timeout(format string, args ...any) { w.finish(reports.Timeout, format, args...) }

// Leak ends the spec: something was left behind.
func (w *World) Leak(format string, args ...any) { w.finish(reports.Leak, format, args...) }

// KitError ends the spec: the kit could not do its own work.
func (w *World) KitError(err error) { panic(kitError{err}) }

// Must ends the spec when err is an error: the operation described must succeed.
func (w *World) Must(err error, format string, args ...any) {
	if err != nil {
		w.blame(err)
		w.Fail("%s must succeed; it returned %v", strings.TrimSuffix(fmt.Sprintf(format, args...), ","), err)
	}
}

// Refused ends the spec unless err is a refusal of one of the kinds.
func (w *World) Refused(err error, kinds []subject.Kind, format string, args ...any) {
	what := strings.TrimSuffix(fmt.Sprintf(format, args...), ",")
	if err == nil {
		w.Fail("%s succeeded; it must be refused with %s", what, orList(kinds))
	}
	for _, k := range kinds {
		if subject.KindOf(err) == k {
			return
		}
	}
	w.Fail("%s returned %q; it must be refused with %s", what, err, orList(kinds))
}

func orList(kinds []subject.Kind) string {
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = fmt.Sprintf("%q", k)
	}
	return strings.Join(words, " or ")
}
