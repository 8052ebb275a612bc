package queue

import (
	"fmt"

	"github.com/ipckit/ipckit/reports"
)

// countItems says a number of items.
func countItems(n int) string { return fmt.Sprintf("%d %s", n, reports.Plural(n, "item")) }

// claimed says how many items the claims let the queue hold.
func claimed(usable int64) string {
	if usable == 1 {
		return "1 was claimed"
	}
	return fmt.Sprintf("%d were claimed", usable)
}
