package reports

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// unwritten is what the kit's skeletons in C, Go and Python say of a function that
// is still to be written: a hint about its algorithm would come too early.
const unwritten = "not written yet"

// unwrittenPart finds what is not written: "ring_create, line 54 of buffer.c" of
// C and Python, "Create" of Go.
var unwrittenPart = regexp.MustCompile(`not written yet: ([^)]+)|(\w+) is not written yet`)

// Unwritten reports whether a result fell short because something is not written
// yet.
func (r *Result) Unwritten() bool {
	return r.Verdict.Exit(true) != ExitPass && strings.Contains(r.Message, unwritten)
}

// unwrittenParts names what is not written, the most often met first, of a subject
// whose every shortfall comes from there: there is one thing to say of it then. It
// is nil of any other.
func (r *Record) unwrittenParts() (parts []string) {
	met := map[string]int{}
	for i := range r.Results {
		result := &r.Results[i]
		switch {
		case result.Verdict.Exit(false) == ExitPass:
			continue
		case !result.Unwritten():
			return nil
		}
		found := unwrittenPart.FindStringSubmatch(result.Message)
		if found == nil {
			return nil
		}
		part := oneLine(found[1]+found[2], 200)
		if met[part]++; met[part] == 1 {
			parts = append(parts, part)
		}
	}
	slices.SortStableFunc(parts, func(a, b string) int { return cmp.Compare(met[b], met[a]) })
	return parts
}
