package catalogue

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/nearest"
	"github.com/ipckit/ipckit/harness/subject"
)

// patterns are what the caller asks for, in small letters; none is everything.
type patterns []string

// parse splits the patterns and makes sure that each matches something.
func parse(only []string, cat *Catalogue) (patterns, error) {
	var ps patterns
	for _, list := range only {
		for word := range strings.SplitSeq(list, ",") {
			word = strings.TrimSpace(word)
			if word == "" {
				return nil, fmt.Errorf("--only %q: a pattern is empty: give ids, families, models or levels, separated by commas", list)
			}
			if strings.ContainsAny(word, `[]\`) {
				return nil, fmt.Errorf("--only %s: a pattern holds letters, digits, dashes, * and ?", word)
			}
			p := strings.ToLower(word)
			if !slices.ContainsFunc(vocabulary(cat), func(w string) bool { return matches(p, w) }) {
				return nil, fmt.Errorf("--only %s: no requirement, family, model or level has this name%s (`ipckit list` shows them all)",
					word, nearest.Hint(word, vocabulary(cat)))
			}
			ps = append(ps, p)
		}
	}
	return ps, nil
}

// Match gives the test for what is asked for, claimed or not. An error says
// which pattern matches nothing.
func Match(cat *Catalogue, only []string) (func(*Requirement) bool, error) {
	ps, err := parse(only, cat)
	if err != nil {
		return nil, err
	}
	return func(r *Requirement) bool {
		return ps.match(r, cat.Family(r.ID).Model)
	}, nil
}

// vocabulary lists every word that a pattern can match.
func vocabulary(cat *Catalogue) []string {
	var words []string
	add := func(w string) {
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	for _, f := range cat.Families {
		add(f.ID)
		add(f.Model)
	}
	for _, r := range cat.All() {
		add(r.ID)
		add(string(r.Level))
	}
	return words
}

// match reports whether a requirement is asked for.
func (ps patterns) match(r *Requirement, model string) bool {
	return len(ps) == 0 || slices.ContainsFunc(ps, func(p string) bool {
		return matches(p, r.ID) || matches(p, r.Family()) || matches(p, model) || matches(p, string(r.Level))
	})
}

// matches compares a pattern in small letters with a word. The pattern is known
// to be well formed.
func matches(p, word string) bool {
	ok, _ := path.Match(p, strings.ToLower(word))
	return ok
}

// empty says why nothing is left: it names what was asked for and how that
// stands.
func empty(items []Item, claims *subject.Claims, ps patterns, cat *Catalogue) error {
	claimed := strings.Join(claims.Claimed(), ", ")
	if claimed == "" {
		return fmt.Errorf("%w: %s claims no profile", ErrEmpty, claims.Subject)
	}
	if len(ps) == 0 {
		return fmt.Errorf("%w: %s claims %s, of which the catalogue holds no requirement that is claimed", ErrEmpty, claims.Subject, claimed)
	}
	var excluded, unclaimed []string
	for _, item := range items {
		if r := item.Requirement; ps.match(r, cat.Family(r.ID).Model) {
			if item.Status == Excluded {
				excluded = append(excluded, r.ID)
			} else {
				unclaimed = append(unclaimed, r.ID)
			}
		}
	}
	var why []string
	if len(unclaimed) > 0 {
		why = append(why, some(unclaimed)+" not claimed")
	}
	if len(excluded) > 0 {
		why = append(why, some(excluded)+" excluded by partial")
	}
	return fmt.Errorf("%w: %s claims %s; of what --only asks for, %s", ErrEmpty, claims.Subject, claimed, strings.Join(why, ", "))
}

// some names the first few of many ids, with the verb.
func some(ids []string) string {
	switch n := len(ids); {
	case n == 1:
		return ids[0] + " is"
	case n <= 3:
		return strings.Join(ids[:n-1], ", ") + " and " + ids[n-1] + " are"
	default:
		return fmt.Sprintf("%s and %d others are", strings.Join(ids[:2], ", "), n-2)
	}
}
