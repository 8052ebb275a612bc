package reexec

import (
	"runtime"
	"strings"
	"unicode"
	"unicode/utf8"
)

// AnchorFromStack is the name of the top-level test on the caller's stack,
// TestXxx of a file that ends in _test.go, or "" when there is none. It sees
// through closures, so a sub-test written in place leads to the test that holds
// it. It cannot see across goroutines: call it from the test's own.
func AnchorFromStack() string {
	pcs := make([]uintptr, 256)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	name := ""
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.File, "_test.go") {
			if test := testName(frame.Function); test != "" {
				name = test // the outermost wins: a test may call another's body
			}
		}
		if !more {
			return name
		}
	}
}

// testName takes the test out of a function name such as
// example.org/m/pkg.TestXxx.func1, or "" when it is not a test's.
func testName(function string) string {
	function = function[strings.LastIndexByte(function, '/')+1:]
	_, function, ok := strings.Cut(function, ".")
	if !ok {
		return ""
	}
	function, _, _ = strings.Cut(function, ".")
	rest, ok := strings.CutPrefix(function, "Test")
	if !ok || rest == "Main" {
		return ""
	}
	if r, _ := utf8.DecodeRuneInString(rest); rest != "" && unicode.IsLower(r) {
		return ""
	}
	return function
}
