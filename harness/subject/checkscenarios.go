package subject

import (
	"slices"
	"strconv"
	"strings"
)

// scenarios checks what the author adds to what is explored. The steps are read
// by package scenario, which knows their language.
func (k *checker) scenarios() {
	names := map[string]bool{}
	for i, s := range k.claims.Scenarios {
		in := func(key string) []string { return at("scenarios", strconv.Itoa(i), key) }
		if strings.TrimSpace(s.Name) == "" {
			k.bad(in("name"), "missing: name the scenario, as reports shall show it")
		}
		if names[s.Of+"/"+s.Name] {
			k.bad(in("name"), "two scenarios of %s are called %q", s.Of, s.Name)
		}
		names[s.Of+"/"+s.Name] = true
		if !slices.Contains(k.claims.Claimed(), s.Of) {
			k.bad(in("of"), "%q is no profile that is claimed: want one of %s", s.Of, strings.Join(k.claims.Claimed(), ", "))
		}
		if len(s.Shows) == 0 {
			k.bad(in("shows"), "missing: say which requirements a violation breaks")
		}
		for j, id := range s.Shows {
			place := append(in("shows"), strconv.Itoa(j))
			switch r, ok := k.requirement(place, id); {
			case !ok:
			case !slices.Contains(r.Profiles, s.Of):
				k.bad(place, "%s is not a requirement of profile %s, but of %s", id, s.Of, strings.Join(r.Profiles, ", "))
			case !r.Checked:
				k.unchecked(place, r)
			}
		}
		if s.Preemptions < 0 || s.Preemptions > 4 {
			k.bad(in("preemptions"), "want 1 to 4; each makes the search longer by a factor")
		}
	}
}
