package program

import (
	"regexp"
	"strings"
)

// ProducerGroup is the name of the group of a pattern that says which of several
// producers made an item.
const ProducerGroup = "producer"

// match finds an item in a line, and its producer where the pattern names it.
func match(re *regexp.Regexp, line string) (text, producer string, ok bool) {
	m := re.FindStringSubmatch(line)
	if m == nil {
		return "", "", false
	}
	for i, name := range re.SubexpNames() {
		switch {
		case i == 0:
		case name == ProducerGroup:
			producer = m[i]
		default:
			text = m[i]
		}
	}
	return text, producer, true
}

// CompareByProducer compares the order of the items of each producer, and leaves
// the order between producers open. It reports false where the items do not show
// which of at least two producers made them.
//
// A pattern names the producer of an item by its group [ProducerGroup]. Without
// one, items that are alike up to their last number, as 1-7 and 1-8, are those of
// one producer, provided that it printed them in the order of that number.
func CompareByProducer(produced, consumed []Item) (d Difference, shown bool) {
	of := producers(produced)
	made, came := map[string][]Item{}, map[string][]Item{}
	var names []string // in the order of their first items
	for _, item := range produced {
		name := of(item)
		if made[name] == nil {
			names = append(names, name)
		}
		made[name] = append(made[name], item)
	}
	for _, item := range consumed {
		came[of(item)] = append(came[of(item)], item)
	}
	d = Difference{Misplaced: -1}
	if len(names) < 2 || ambiguous(produced, consumed) {
		return d, false
	}
	for _, name := range names {
		if !named(produced) && !ascending(made[name]) {
			return Difference{Misplaced: -1}, false
		}
		if e := Compare(made[name], came[name]); e.Misplaced >= 0 && d.Misplaced < 0 {
			d = e
		}
	}
	return d, true
}

// named reports whether the pattern of the produced items names their producers.
func named(produced []Item) bool { return len(produced) > 0 && produced[0].Producer != "" }

// ambiguous reports whether two producers made items of the same text, and what was
// consumed does not say whose they are.
func ambiguous(produced, consumed []Item) bool {
	made := map[string]string{}
	for _, item := range produced {
		if by, ok := made[item.Text]; ok && by != item.Producer {
			return len(consumed) > 0 && consumed[0].Producer == ""
		}
		made[item.Text] = item.Producer
	}
	return false
}

// producers returns what says which producer an item is of.
func producers(produced []Item) func(Item) string {
	if !named(produced) {
		return func(item Item) string { prefix, _ := splitNumber(item.Text); return prefix }
	}
	made := map[string]string{}
	for _, item := range produced {
		made[item.Text] = item.Producer
	}
	return func(item Item) string {
		if item.Producer != "" {
			return item.Producer
		}
		return made[item.Text]
	}
}

// splitNumber splits a text before its last number, whose leading zeros it leaves out.
func splitNumber(text string) (prefix, number string) {
	digit := func(c byte) bool { return '0' <= c && c <= '9' }
	end := len(text)
	for end > 0 && !digit(text[end-1]) {
		end--
	}
	start := end
	for start > 0 && digit(text[start-1]) {
		start--
	}
	return text[:start], strings.TrimLeft(text[start:end], "0")
}

// ascending reports whether the last numbers of items grow from each to the next.
func ascending(items []Item) bool {
	last := ""
	for i, item := range items {
		_, n := splitNumber(item.Text)
		if i > 0 && (len(n) < len(last) || len(n) == len(last) && n <= last) {
			return false
		}
		last = n
	}
	return true
}
