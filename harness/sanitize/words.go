package sanitize

import (
	"fmt"
	"strings"
)

// Rule is what a data race breaks.
const Rule = "Two accesses to the same memory, at least one of which is a write and at least one is not atomic, must be ordered: " +
	"one must happen before the other. Otherwise the behaviour is undefined (C11 5.1.2.4, paragraph 25)."

// Saw says what was seen.
func (x *Race) Saw() string {
	return fmt.Sprintf("%s, and %s: the same memory (%s)", x.Accesses[0].words(), x.Accesses[1].words(), x.Memory)
}

func (a *Access) words() string {
	if a.File == "" {
		return fmt.Sprintf("%s %s of what the operation is to guard", article(a.Kind), a.Kind)
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

// Idea is where to look; never the fix.
func (x *Race) Idea() string {
	switch {
	case x.Accesses[0].File == "" || x.Accesses[1].File == "":
		return "What one does before it releases must be visible to the next who acquires. Which access of the release does the acquire read, and is it atomic?"
	case strings.HasPrefix(x.Accesses[0].Kind, "atomic") || strings.HasPrefix(x.Accesses[1].Kind, "atomic"):
		return "One of the two is atomic and the other is not: an ordinary access to an atomic's memory is ordered with nothing."
	case x.Accesses[0].Place() == x.Accesses[1].Place():
		return "Both do the same at the same time. What keeps the second out while the first is there?"
	}
	return "What tells the second that the first is done, and is that an atomic access or a call of the system? An ordinary variable, volatile or not, orders nothing."
}

// LeftOut counts the rounds that were not decided.
func (r *Result) LeftOut() (n int) {
	for _, x := range r.Rounds {
		if x.Left != "" {
			n++
		}
	}
	return n
}
