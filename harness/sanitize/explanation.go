package sanitize

import (
	"fmt"
	"strings"
)

// Rule is the rule of C11 that a data race breaks.
const Rule = "Two accesses to the same memory, at least one of which is a write and at least one is not atomic, must be ordered: " +
	"one must happen before the other. Otherwise the behaviour is undefined (C11 5.1.2.4, paragraph 25)."

// Saw describes the two accesses.
func (x *Race) Saw() string {
	return fmt.Sprintf("%s, and %s: the same memory (%s)", x.Accesses[0].words(), x.Accesses[1].words(), x.Memory)
}

func (a *Access) words() string {
	if a.File == "" {
		return fmt.Sprintf("%s %s of what the lock guards", article(a.Kind), a.Kind)
	}
	in := a.Operation
	if a.Function != a.Operation {
		in = a.Function + ", called by " + a.Operation
	}
	size := "1 byte"
	if a.Size != 1 {
		size = fmt.Sprintf("%d bytes", a.Size)
	}
	return fmt.Sprintf("%s %s of %s at %s in %s", article(a.Kind), a.Kind, size, a.Place(), in)
}

func article(kind string) string {
	if strings.HasPrefix(kind, "a") {
		return "an"
	}
	return "a"
}

// Idea says where to look, without giving the fix.
func (x *Race) Idea() string {
	switch {
	case x.Accesses[0].File == "" || x.Accesses[1].File == "":
		return "What a thread does before it releases must be visible to the next that acquires. Which access of the release does the acquire read, and is it atomic?"
	case strings.HasPrefix(x.Accesses[0].Kind, "atomic") || strings.HasPrefix(x.Accesses[1].Kind, "atomic"):
		return "One of the two accesses is atomic and the other is not: nothing orders an ordinary access to the memory of an atomic."
	case x.Accesses[0].Place() == x.Accesses[1].Place():
		return "Two threads execute the same line at the same time. What excludes the second while the first is there?"
	}
	return "How does the second thread learn that the first is done: by an atomic access or a system call? An ordinary variable, volatile or not, orders nothing."
}

// LeftOut counts the rounds that were left out.
func (r *Result) LeftOut() (n int) {
	for _, x := range r.Rounds {
		if x.Left != "" {
			n++
		}
	}
	return n
}
