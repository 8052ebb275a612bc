package program

import (
	"strings"
	"testing"
)

func items(text string) (list []Item) {
	for _, word := range strings.Fields(text) {
		list = append(list, Item{Text: word})
	}
	return list
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name, produced, consumed string
		missing, extra, twice    string
		misplaced, tail          int
	}{
		{"the same", "a b c", "a b c", "", "", "", -1, 0},
		{"nothing", "", "", "", "", "", -1, 0},
		{"the last two lost", "a b c d", "a b", "c d", "", "", -1, 2},
		{"one in the middle lost", "a b c d", "a c d", "b", "", "", -1, 0},
		{"one twice", "a b", "a a b", "", "a", "a", -1, 0},
		{"one invented", "a b", "a x b", "", "x", "", -1, 0},
		{"one changed", "a b c", "a x c", "b", "x", "", -1, 0},
		{"swapped", "a b c d", "a c b d", "", "", "", 1, 0},
		{"a stack", "a b c", "c b a", "", "", "", 0, 0},
		{"equal items", "a a b a", "a a b a", "", "", "", -1, 0},
		{"an equal item lost", "a a b a", "a a b", "a", "", "", -1, 1},
		{"lost and swapped", "a b c d e", "b a d e", "c", "", "", 0, 0},
		{"consumed before it was printed as produced", "a b", "a b", "", "", "", -1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Compare(items(c.produced), items(c.consumed))
			if got := strings.Join(d.Missing, " "); got != c.missing {
				t.Errorf("missing %q, want %q", got, c.missing)
			}
			if got := strings.Join(d.Extra, " "); got != c.extra {
				t.Errorf("extra %q, want %q", got, c.extra)
			}
			if got := strings.Join(d.Twice, " "); got != c.twice {
				t.Errorf("twice %q, want %q", got, c.twice)
			}
			if d.Misplaced != c.misplaced {
				t.Errorf("misplaced at %d, want %d", d.Misplaced, c.misplaced)
			}
			if got := d.Tail(items(c.produced)); got != c.tail {
				t.Errorf("tail %d, want %d", got, c.tail)
			}
		})
	}
}
