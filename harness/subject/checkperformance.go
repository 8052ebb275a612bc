package subject

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ipckit/ipckit/harness/nearest"
)

func (k *checker) performance() {
	seen := map[Performance]int{}
	for i, p := range k.claims.Performance {
		in := func(key string) []string { return at("performance", strconv.Itoa(i), key) }
		r, ok := k.requirement(in("requirement"), p.Requirement)
		switch {
		case !ok:
		case r.Level != "claim":
			k.bad(in("requirement"), "%s is a requirement of level %s, not a measured promise", p.Requirement, r.Level)
		case !slices.Contains(r.Profiles, ProfilePerformance):
			k.bad(in("requirement"), "%s is no ratio: list it under extended", p.Requirement)
		case !r.Checked:
			k.unchecked(in("requirement"), r)
		case !k.promised(r):
			k.unmet(in("requirement"), r)
		}
		promise := promise{checker: k, in: in, p: p, r: r, known: ok && r.Level == "claim" && slices.Contains(r.Profiles, ProfilePerformance)}
		promise.keys()
		promise.object()
		promise.amount()
		promise.baseline()
		if before, twice := seen[p]; twice {
			k.bad(in("requirement"), "performance[%d] promises the same already: take one out", before)
		} else {
			seen[p] = i
		}
	}
}

// A promise is one entry under performance while it is checked.
type promise struct {
	*checker
	in    func(key string) []string
	p     Performance
	r     Requirement
	known bool // r is what measures it, so that the rest can be compared with that
}

// given reports whether the author wrote a key, or, of claims in Go, filled the
// field.
func (c promise) given(key string, filled bool) bool {
	return filled || c.claims.document != nil && c.claims.document.Has(c.in(key)...)
}

// keys refuses those that the requirement knows nothing of, and values that
// cannot be.
func (c promise) keys() {
	for _, key := range []struct {
		name   string
		filled bool
		fits   bool
		wrong  string
	}{
		{"size", c.p.Size != 0, c.p.Size > 0, "want a number of bytes above 0, such as 64 or 4KiB"},
		{"pairs", c.p.Pairs != 0, c.p.Pairs > 1, "want 2 or more: one pair is what they are compared with"},
		{"rate", c.p.Rate != 0, c.p.Rate > 0 && !math.IsInf(c.p.Rate, 1), "want messages a second, above 0"},
		{"from", c.p.From != 0, c.p.From > 0, "want a number of bytes above 0, such as 64 or 4KiB"},
	} {
		switch {
		case !c.given(key.name, key.filled):
		case c.known && !slices.Contains(c.r.Keys, key.name):
			c.bad(c.in(key.name), "%s is not measured by %s: take it out (%s)", c.r.ID, key.name, c.takes())
		case !key.fits:
			c.bad(c.in(key.name), "%s", key.wrong)
		}
	}
}

// takes says which keys a promise of the requirement may have.
func (c promise) takes() string {
	var keys []string
	if len(c.r.Of) > 0 {
		keys = append(keys, "of")
	}
	keys = append(append(keys, c.r.Keys...), "at_least", "at_most")
	if len(c.r.Units) > 0 {
		keys = append(keys, "unit")
	}
	return "it takes " + strings.Join(append(keys, "against"), ", ")
}

// object checks what is measured, and whether messages of the size go through it.
func (c promise) object() {
	claimed := c.claims.Claimed()
	switch {
	case !c.known:
		return
	case c.p.Of != "" && len(c.r.Of) == 0:
		c.bad(c.in("of"), "%s is not of one object: take it out (%s)", c.r.ID, c.takes())
		return
	case c.p.Of != "" && !slices.Contains(c.r.Of, c.p.Of):
		c.bad(c.in("of"), "%s cannot be measured of %q%s (known: %s)", c.r.ID, c.p.Of, nearest.Hint(c.p.Of, c.r.Of), strings.Join(c.r.Of, ", "))
		return
	case c.p.Of != "" && !slices.Contains(claimed, c.p.Of):
		c.bad(c.in("of"), "profile %s is not claimed: claim it, or name another%s", c.p.Of, but(c.r.Of, claimed))
		return
	case len(c.r.Of) > 0 && c.claims.Measured(c.p, c.r.Of) == "":
		c.bad(c.in("requirement"), "%s is measured of one of %s, and none of them is claimed", c.r.ID, strings.Join(c.r.Of, ", "))
		return
	}
	profile := c.claims.Measured(c.p, c.r.Of)
	for _, key := range []struct {
		name string
		size Size
	}{{"size", c.p.Size}, {"from", c.p.From}} {
		switch least, most, moves := c.claims.Messages(profile); {
		case key.size <= 0 || !slices.Contains(c.r.Keys, key.name):
		case !moves:
			c.bad(c.in(key.name), "profile %s moves no messages: take it out", profile)
		case key.size < least || key.size > most:
			c.bad(c.in(key.name), "profile %s claims items of size %s, and none of %s: claim more there, or another size here",
				profile, Range{Min: least, Max: most}, key.size)
		}
	}
}

// but lists what the requirement could be measured of here.
func but(fit, claimed []string) string {
	var here []string
	for _, profile := range fit {
		if slices.Contains(claimed, profile) {
			here = append(here, profile)
		}
	}
	if len(here) == 0 {
		return ""
	}
	return " (claimed: " + strings.Join(here, ", ") + ")"
}

// amount checks the ratio or the bound, and its unit.
func (c promise) amount() {
	least, most := c.given("at_least", c.p.AtLeast != 0), c.given("at_most", c.p.AtMost != 0)
	positive := func(f float64) bool { return f > 0 && !math.IsInf(f, 1) } // a NaN is not
	switch {
	case least && most:
		c.bad(c.in("at_most"), "at_least and at_most are both given, and a promise has one of them: keep one")
	case !most && !positive(c.p.AtLeast):
		c.bad(c.in("at_least"), "want a ratio above 0, such as 1.5")
	case most && !positive(c.p.AtMost):
		c.bad(c.in("at_most"), "want a number above 0: that something never happens, no measurement can show")
	}
	unit := c.given("unit", c.p.Unit != "")
	switch bound := most && c.p.Against == ""; {
	case !c.known:
	case !bound && unit:
		c.bad(c.in("unit"), "a unit is of a bound (at_most without against), and this is a ratio: take it out")
	case bound && len(c.r.Units) > 0 && !unit:
		c.bad(c.in("unit"), "missing: say of what it is at most so much: %s", strings.Join(c.r.Units, ", "))
	case bound && len(c.r.Units) > 0:
		c.word(c.in("unit"), c.p.Unit, c.r.Units...)
	}
}

// name is how a built-in subject, a limit of the machine and a word such as serial
// are written.
var name = regexp.MustCompile(`^[a-z][a-z0-9]*([.:-][a-z0-9]+)*$`)

// baseline checks what is compared with, as far as the catalogue knows it. Whether
// there is such a subject is seen where subjects are resolved.
func (c promise) baseline() {
	against := c.p.Against
	var words []string // what can be written, but for other subjects
	for _, b := range c.r.Baselines {
		if b != AnySubject {
			words = append(words, b)
		}
	}
	any := slices.Contains(c.r.Baselines, AnySubject)
	switch {
	case against == "" && (slices.Contains(words, Itself) || len(c.r.Units) > 0 && c.given("at_most", c.p.AtMost != 0)):
	case strings.TrimSpace(against) == "" && c.known && len(c.r.Units) > 0:
		c.bad(c.in("against"), "missing: name the baseline that the ratio refers to; a bound in %s is given as at_most", strings.Join(c.r.Units, " or "))
	case strings.TrimSpace(against) == "":
		c.bad(c.in("against"), "missing: name the baseline that the ratio refers to")
	case !c.known || slices.Contains(words, against) || any && IsPath(against):
	case len(c.r.Baselines) == 0:
		c.bad(c.in("against"), "%q is not a baseline: this version of ipckit has none for %s%s", against, c.r.ID, since)
	case !any || strings.HasPrefix(against, "limit") || len(nearest.Words(against, words)) > 0:
		c.bad(c.in("against"), "%q is not a baseline of %s%s (known: %s)%s", against, c.r.ID, nearest.Hint(against, words), Against(c.r.Baselines), since)
	case !name.MatchString(against):
		c.bad(c.in("against"), "%q is neither the name of a built-in subject nor a path, which begins with . or / (known: %s)", against, Against(c.r.Baselines))
	}
}

// Against says in words what a requirement's baselines are.
func Against(baselines []string) string {
	var words []string
	for _, b := range baselines {
		switch b {
		case AnySubject:
			b = "a built-in subject, a path to a subject"
		case Itself:
			b = "itself (may be left out)"
		}
		words = append(words, b)
	}
	return strings.Join(words, ", ")
}
