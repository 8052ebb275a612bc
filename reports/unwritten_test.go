package reports

import (
	"slices"
	"testing"
)

func TestUnwrittenParts(t *testing.T) {
	result := func(v Verdict, message string) Result { return Result{Verdict: v, Message: message} }
	c := result(Fail, "creating the queue must succeed; it returned io (not written yet: ring_create, line 54 of buffer.c)")
	goPackage := result(Fail, "creating the queue must succeed; it returned invalid (Create is not written yet)")
	for name, x := range map[string]struct {
		results []Result
		want    []string
	}{
		"C, twice":              {[]Result{c, c}, []string{"ring_create, line 54 of buffer.c"}},
		"Go, beside a pass":     {[]Result{goPackage, result(Pass, "")}, []string{"Create"}},
		"the most frequent one": {[]Result{goPackage, c, c}, []string{"ring_create, line 54 of buffer.c", "Create"}},
		"another shortfall":     {[]Result{c, result(Fail, "item 3 is item 2")}, nil},
		"nothing falls short":   {[]Result{result(Pass, ""), result(Skipped, "not written yet: a host")}, nil},
	} {
		if got := (&Record{Results: x.results}).unwrittenParts(); !slices.Equal(got, x.want) {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}
