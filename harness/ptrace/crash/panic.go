package crash

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/ipckit/ipckit/harness/ptrace/source"
)

var (
	panicked = regexp.MustCompile(`(?m)^(?:panic|fatal error): (.*)$`)

	// frame is a function and, below it, its file and line.
	frame = regexp.MustCompile(`(?m)^(?:created by )?(\S+)\(.*\)\n\t(\S+):(\d+)`)
)

// Panic reads what a Go program prints as it dies: why, and where the first function
// is that is neither the run-time's, a library's nor the kit's. It reads "panic: index
// out of range [5] with length 5, in ring.(*Ring).Put (ring.go:71)"; "" where the text
// is of no such program.
func Panic(printed string) string {
	m := panicked.FindStringSubmatchIndex(printed)
	if m == nil {
		return ""
	}
	text := "panic: " + strings.TrimPrefix(printed[m[2]:m[3]], "runtime error: ")
	for _, f := range frame.FindAllStringSubmatch(printed[m[1]:], -1) {
		if function := f[1]; function != "panic" && function != "main.main" && !source.Library(function) {
			return fmt.Sprintf("%s, in %s (%s:%s)", text, function[strings.LastIndexByte(function, '/')+1:], filepath.Base(f[2]), f[3])
		}
	}
	return text
}
