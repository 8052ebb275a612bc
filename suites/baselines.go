package suites

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure/limit"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/performance"
)

// Baselines gives what the measured promises of some claims are compared with, and
// the limits of the machine, which every binary hosts. find gives other subjects, by
// the name or the path that a promise says; its claims are accepted. Errors say which
// promise they are of.
func Baselines(suite run.Suite, claims *subject.Claims, find func(name string) (check.Contestant, error)) ([]check.Contestant, error) {
	if len(claims.Performance) == 0 {
		return nil, nil
	}
	all, err := Limits(suite)
	if err != nil {
		return nil, err
	}
	for i, p := range claims.Performance {
		place := []string{"performance", strconv.Itoa(i), "against"}
		if !slices.Contains(suite.Catalogue.Get(p.Requirement).Baselines, subject.AnySubject) || p.Against == "" {
			continue
		}
		at := slices.IndexFunc(all, func(c check.Contestant) bool { return c.Name == p.Against })
		if at < 0 {
			c, err := find(p.Against)
			if err != nil {
				return nil, claims.Mistake(place, "%q: %v", p.Against, err)
			}
			c.Name = p.Against
			at, all = len(all), append(all, c)
		}
		if why := performance.Incomparable(suite.Catalogue, *claims, p, all[at].Claims); why != "" {
			return nil, claims.Mistake(place, "%s: %s", p.Against, why)
		}
	}
	return all, nil
}

// Limits are the limits of the machine as contestants.
func Limits(suite run.Suite) (all []check.Contestant, err error) {
	for _, name := range limit.Names {
		s, _ := limit.Subject(name)
		if err := suite.Accept(&s.Claims); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, check.Contestant{Name: name, Claims: s.Claims, Launcher: limit.Launcher(name)})
	}
	return all, nil
}
