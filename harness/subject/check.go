package subject

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/nearest"
)

// A Requirement is what the check of claims needs to know of one that the
// catalogue has.
type Requirement struct {
	ID        string
	Level     string // core, extended or claim
	Profiles  []string
	When      string   // one of Conditions, or ""
	By        string   // one of Conditions that claims it without its id, or ""
	Baselines []string // what a ratio of it may refer to; see AnySubject and Itself
	Units     []string // of a bound of it; none: it is promised as a ratio only
	Of        []string // profiles whose objects can be measured; none: it is not of an object
	Keys      []string // of a promise of it, beside of, at_least, at_most, unit and against
	Checked   bool     // this version of the kit has a check for it
}

// Check looks for contradictions in the claims, and for claims that nothing
// checks. It reports all of them, each with its line where the claims were read
// from a file.
func (c *Claims) Check(requirements []Requirement) error {
	k := checker{claims: c, requirements: map[string]Requirement{}}
	for _, r := range requirements {
		k.requirements[r.ID] = r
		k.ids = append(k.ids, r.ID)
	}
	k.wayIn()
	k.profiles()
	if c.Programs != nil {
		k.programs(c.Programs)
	}
	k.extended()
	k.performance()
	k.shortfalls()
	k.scenarios()
	return errors.Join(k.errs...)
}

type checker struct {
	claims       *Claims
	requirements map[string]Requirement
	ids          []string // of the requirements, in catalogue order
	errs         []error
}

// since ends the message of a claim that earlier versions accepted and did not
// check.
const since = " (earlier versions accepted this and checked nothing; since ipckit 0.2 it is an error)"

// at names a place in the claims: its keys, and indices of lists.
func at(keys ...string) []string { return keys }

// bad reports a contradiction. The text begins with the place in words, since
// claims made in Go have no lines.
func (k *checker) bad(place []string, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(place) > 0 {
		text = spell(place) + ": " + text
	}
	if d := k.claims.document; d != nil {
		k.errs = append(k.errs, d.Errorf(place, "%s", text))
		return
	}
	name := k.claims.Subject
	if name == "" {
		name = "a subject"
	}
	k.errs = append(k.errs, fmt.Errorf("claims of %s: %s", name, text))
}

// Mistake is an error of a place in the claims, its keys and indices of lists: what
// can be seen only where more is known than the claims and the catalogue.
func (c *Claims) Mistake(place []string, format string, args ...any) error {
	k := checker{claims: c}
	k.bad(place, format, args...)
	return k.errs[0]
}

// spell writes a place as an author would: extended[2], profiles.region.names.
func spell(place []string) string {
	var b strings.Builder
	for i, key := range place {
		switch _, err := strconv.Atoi(key); {
		case err == nil:
			b.WriteString("[" + key + "]")
		case i > 0:
			b.WriteString("." + key)
		default:
			b.WriteString(key)
		}
	}
	return b.String()
}

// word checks a value against those that are allowed; empty is the default.
func (k *checker) word(place []string, value string, allowed ...string) {
	if value != "" && !slices.Contains(allowed, value) {
		k.bad(place, "%q is not known%s (known: %s)", value, nearest.Hint(value, allowed), strings.Join(allowed, ", "))
	}
}

func (k *checker) wayIn() {
	c := k.claims
	if strings.TrimSpace(c.Subject) == "" {
		k.bad(at("subject"), "missing: name the subject, as reports shall show it")
	}
	var ways []string
	if c.Agent != "" {
		ways = append(ways, "agent")
	}
	if c.C != nil {
		ways = append(ways, "c")
	}
	if c.Programs != nil {
		ways = append(ways, "programs")
	}
	switch {
	case len(ways) > 1:
		k.bad(at(ways[1]), "%s are different ways in, and a subject has one: keep one of them", strings.Join(ways, " and "))
	case len(ways) == 0 && c.document != nil:
		k.bad(nil, "no way in: say how the kit reaches the subject, by one of agent, c and programs")
	}
	k.word(at("control"), c.Control, "pipes", "stdio")
	if c.Control != "" && c.Programs != nil {
		k.bad(at("control"), "unmodified programs have no control channel: take it out")
	}
	if c.C != nil {
		if len(c.C.Sources) == 0 {
			k.bad(at("c", "sources"), "missing: name the C files that the kit shall compile")
		}
		k.filled(at("c", "sources"), c.C.Sources)
		k.filled(at("c", "flags"), c.C.Flags)
		k.filled(at("c", "headers"), c.C.Headers)
		k.word(at("c", "data_races"), c.C.DataRaces, "none")
	}
}

// filled refuses empty entries of a list.
func (k *checker) filled(place, entries []string) {
	for i, e := range entries {
		if strings.TrimSpace(e) == "" {
			k.bad(append(slices.Clone(place), strconv.Itoa(i)), "empty: fill it in or take it out")
		}
	}
}

// requirement looks an id up, and reports one that does not exist.
func (k *checker) requirement(place []string, id string) (Requirement, bool) {
	if r, ok := k.requirements[id]; ok {
		return r, true
	}
	hint := nearest.Hint(id, k.ids)
	if upper := strings.ToUpper(strings.TrimSpace(id)); upper != id {
		if _, better := k.requirements[upper]; better {
			hint = "; did you mean " + upper + "?"
		}
	}
	k.bad(place, "there is no requirement %q%s (`ipckit list` shows them all)", id, hint)
	return Requirement{}, false
}

// unchecked reports a claim of a requirement that this version cannot check.
func (k *checker) unchecked(place []string, r Requirement) {
	text := "this version of ipckit has no check for %s, so nothing would show that it holds: take it out"
	if r.Level != "core" {
		text += since
	}
	k.bad(place, text, r.ID)
}

// unmet reports a claim of a requirement whose condition no claimed profile
// meets.
func (k *checker) unmet(place []string, r Requirement) {
	var profile string
	for _, p := range k.claims.Claimed() {
		if profile == "" && slices.Contains(r.Profiles, p) {
			profile = p
		}
	}
	k.bad(place, "%s needs %s: say so, or take it out%s", r.ID, Means(r.When, profile), since)
}

// promised reports whether a claimed profile meets a requirement's condition.
func (k *checker) promised(r Requirement) bool {
	return slices.ContainsFunc(r.Profiles, func(profile string) bool { return k.claims.Promises(profile, r.When) })
}

// claimed reports whether one of the profiles is claimed.
func (k *checker) claimed(profiles []string) bool {
	return slices.ContainsFunc(k.claims.Claimed(), func(p string) bool { return slices.Contains(profiles, p) })
}

func (k *checker) extended() {
	list := k.claims.Extended
	for i, id := range list {
		place := at("extended", strconv.Itoa(i))
		r, ok := k.requirement(place, id)
		switch {
		case !ok:
		case slices.Contains(list[:i], id):
			k.bad(place, "%s is listed twice", id)
		case !r.Checked:
			k.unchecked(place, r)
		case r.Level == "core":
			k.bad(place, "%s is a core requirement, which its profile (%s) claims already: take it out", id, strings.Join(r.Profiles, ", "))
		case slices.Contains(r.Profiles, ProfilePerformance):
			k.bad(place, "%s is a measured promise: list it under performance, with at_least and against", id)
		case !k.claimed(r.Profiles):
			k.bad(place, "%s belongs to profile %s, which is not claimed: claim the profile, or take it out", id, strings.Join(r.Profiles, " or "))
		case !k.promised(r):
			k.unmet(place, r)
		}
	}
}

// shortfallWords are the verdicts by which a subject can fall short.
var shortfallWords = []string{"fail", "crash", "timeout", "leak", "flaky", "unobserved"}

func (k *checker) shortfalls() {
	seen := map[string]bool{}
	for i, known := range k.claims.Known {
		in := func(key string) []string { return at("known", strconv.Itoa(i), key) }
		r, ok := k.requirement(in("requirement"), known.Requirement)
		switch {
		case !ok:
		case !k.put(r):
			k.bad(in("requirement"), "%s is not claimed, so it cannot fall short: take the entry out", known.Requirement)
		case !r.Checked:
			k.unchecked(in("requirement"), r)
		}
		if seen[known.Requirement] {
			k.bad(in("requirement"), "%s is listed twice", known.Requirement)
		}
		seen[known.Requirement] = true
		if known.Verdict == "" {
			k.bad(in("verdict"), "missing: want one of %s", strings.Join(shortfallWords, ", "))
		}
		k.word(in("verdict"), known.Verdict, shortfallWords...)
		if strings.TrimSpace(known.Reason) == "" {
			k.bad(in("reason"), "missing: say why the subject falls short")
		}
		if known.Until != "" {
			if _, err := time.Parse(time.DateOnly, known.Until); err != nil {
				k.bad(in("until"), "%q is not a date: want year, month and day, such as 2030-01-31", known.Until)
			}
		}
	}
}

// put reports whether the claims put a requirement to the subject.
func (k *checker) put(r Requirement) bool {
	if r.Level != "core" {
		return slices.Contains(k.claims.Extended, r.ID) ||
			r.By != "" && slices.ContainsFunc(r.Profiles, func(profile string) bool { return k.claims.Says(profile, r.By) }) ||
			slices.ContainsFunc(k.claims.Performance, func(p Performance) bool { return p.Requirement == r.ID })
	}
	return slices.ContainsFunc(r.Profiles, func(profile string) bool {
		return k.claims.Promises(profile, r.When) && !slices.Contains(k.claims.Partial(profile), r.ID)
	})
}
