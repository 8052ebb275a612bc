package performance

import (
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
)

// throughput measures what a message costs of many that follow one another; of a
// lock or a word, what an operation costs of two processes that do nothing else.
func throughput(w *check.World) { oneFigure(w, measure.OneWay) }
