package suites

import (
	"flag"
	"regexp"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/catalogue"
)

// asked narrows requirements to those whose sub-test of the test of that name the
// flag -run asks for: what is not asked for need not be checked. A flag that does
// not reach down to sub-tests, or that does not parse, asks for all.
func asked(c *catalogue.Catalogue, test string, only []string) ([]string, error) {
	f := flag.Lookup("test.run")
	if f == nil {
		return only, nil
	}
	matches := subTest(f.Value.String(), strings.Count(test, "/")+1)
	if matches == nil {
		return only, nil
	}
	match, err := catalogue.Match(c, only)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range c.All() {
		if match(r) && matches(r.ID) {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}

// subTest gives the test that a flag -run has for the names at a depth, 0 being
// that of TestXxx; nil: it has none, so every name matches. Slashes and bars
// inside brackets separate nothing, as package testing has it.
func subTest(run string, depth int) func(name string) bool {
	var patterns []*regexp.Regexp
	for _, alternative := range split(run, '|') {
		elements := split(alternative, '/')
		if len(elements) <= depth || elements[depth] == "" {
			return nil
		}
		pattern, err := regexp.Compile(elements[depth])
		if err != nil {
			return nil
		}
		patterns = append(patterns, pattern)
	}
	return func(name string) bool {
		return slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(name) })
	}
}

// split cuts a pattern at a separator that stands in no brackets.
func split(pattern string, separator byte) (parts []string) {
	begin, square, round := 0, 0, 0
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '\\':
			i++
		case c == '[':
			square++
		case c == ']':
			square = max(square-1, 0)
		case c == '(' && square == 0:
			round++
		case c == ')' && square == 0:
			round--
		case c == separator && square == 0 && round == 0:
			parts = append(parts, pattern[begin:i])
			begin = i + 1
		}
	}
	return append(parts, pattern[begin:])
}
