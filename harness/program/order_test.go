package program

import (
	"regexp"
	"strings"
	"testing"
)

// made are items of named producers: "a:1 b:1".
func made(text string) (list []Item) {
	for _, word := range strings.Fields(text) {
		producer, item, named := strings.Cut(word, ":")
		if !named {
			producer, item = "", word
		}
		list = append(list, Item{Text: item, Producer: producer})
	}
	return list
}

func TestCompareByProducer(t *testing.T) {
	for _, c := range []struct {
		name, produced, consumed string
		shown                    bool
		found                    string // out of order; "": nothing
	}{
		{"printed before they are put", "1-1 2-1 1-2 2-2", "2-1 2-2 1-1 1-2", true, ""},
		{"one producer's are swapped", "1-1 2-1 1-2 2-2", "2-1 1-2 1-1 2-2", true, "1-2"},
		{"a stack", "1-1 2-1 1-2 2-2", "2-2 1-2 2-1 1-1", true, "1-2"},
		{"more than nine, with zeros", "p1-09 p2-9 p1-10 p2-10", "p1-09 p1-10 p2-9 p2-10", true, ""},
		{"numbers alone", "1 2 3 4", "2 1 4 3", false, ""},
		{"words alike", "a-2 b-1 a-1 b-2", "a-1 a-2 b-1 b-2", false, ""},
		{"named", "a:1 b:2 a:3 b:4", "2 4 1 3", true, ""},
		{"named and swapped", "a:1 b:2 a:3 b:4", "2 3 1 4", true, "3"},
		{"named alike, unnamed where consumed", "a:1 b:1 a:2 b:2", "1 2 1 2", false, ""},
		{"named alike, named where consumed", "a:1 b:1 a:2 b:2", "a:1 b:1 b:2 a:2", true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, shown := CompareByProducer(made(c.produced), made(c.consumed))
			if shown != c.shown || d.Found != c.found || (d.Misplaced >= 0) != (c.found != "") {
				t.Errorf("shown %t, %+v", shown, d)
			}
		})
	}
}

func TestMatch(t *testing.T) {
	text, producer, ok := match(regexp.MustCompile(`^(\d+) by (?P<producer>\w+)$`), "7 by a")
	if text != "7" || producer != "a" || !ok {
		t.Errorf("%q by %q, %t", text, producer, ok)
	}
}

// TestDifferenceOfACut: only what was asked for must have arrived.
func TestDifferenceOfACut(t *testing.T) {
	for _, c := range []struct {
		produced, consumed string
		same               bool
	}{
		{"1 2 3 4 5", "1 2 3", true},
		{"1 2 3 4", "1 2 3 4 5", true},
		{"1 2 3 4 5", "1 3 4", false},
		{"1 2 3 4 5", "1 2 2 3", false},
		{"1 2 3 4", "1 9 2 3 4", false},
	} {
		o := Observation{Cut: true, Scenario: Scenario{Items: 2}, Produced: made(c.produced), Consumed: made(c.consumed)}
		if d := o.Difference(); d.Same() != c.same {
			t.Errorf("%s, then %s: %+v", c.produced, c.consumed, d)
		}
	}
}
