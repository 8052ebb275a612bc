package suites

import (
	"slices"
	"testing"
)

func TestSubTest(t *testing.T) {
	names := []string{"BUF-FIFO", "BUF-FULL", "REG-SIZE"}
	for _, x := range []struct {
		run   string
		depth int
		want  []string
	}{
		{"", 1, names},
		{"^TestConformance$", 1, names},
		{"^TestConformance$/^BUF-FIFO$", 1, []string{"BUF-FIFO"}},
		{"TestConformance/BUF", 1, []string{"BUF-FIFO", "BUF-FULL"}},
		{"TestConformance/BUF-FIFO|TestConformance/REG", 1, []string{"BUF-FIFO", "REG-SIZE"}},
		{"TestConformance/(FIFO|SIZE)", 1, []string{"BUF-FIFO", "REG-SIZE"}},
		{"TestA|TestConformance/REG", 1, names}, // one of them asks for all
		{"TestConformance/buffers/REG", 2, []string{"REG-SIZE"}},
		{"TestConformance/buffers", 2, names},
		{"Test[a/b|c]/FULL", 1, []string{"BUF-FULL"}},
		{"TestConformance/", 1, names},
		{"TestConformance/[", 1, names},
		{"TestConformance/NO-SUCH", 1, nil},
	} {
		var got []string
		matches := subTest(x.run, x.depth)
		for _, name := range names {
			if matches == nil || matches(name) {
				got = append(got, name)
			}
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("-run %q at depth %d: %q, want %q", x.run, x.depth, got, x.want)
		}
	}
}
