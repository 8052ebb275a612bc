package reports

import (
	"slices"
	"strings"
	"testing"
)

func TestFold(t *testing.T) {
	for _, x := range []struct{ steps, want string }{
		{"a b c", "a b c"},
		{"a a", "a a"},
		{"x a a a a y", "x a … the same again, 3 times y"},
		{"a b a b a b c", "a b … these 2 steps again, 2 times c"},
		{"a a b a a b a a b", "a a b … these 3 steps again, 2 times"},
		{"a b a b", "a b a b"},
	} {
		if got := fold(strings.Fields(x.steps)); strings.Join(got, " ") != x.want {
			t.Errorf("%s: got %q, want %q", x.steps, got, x.want)
		}
	}
	if got := fold(nil); !slices.Equal(got, nil) {
		t.Errorf("of nothing: %q", got)
	}
}
