package reports

import (
	"bufio"
	"strings"
)

// plain sets an explanation as text without colour, for what shows text.
func plain(r *Result, l limits, width int) string {
	var b strings.Builder
	out := bufio.NewWriter(&b)
	t := &terminal{out: out, width: width}
	for _, s := range explain(r, l) {
		t.section(s, 0)
	}
	_ = out.Flush() // a strings.Builder takes everything
	return b.String()
}
