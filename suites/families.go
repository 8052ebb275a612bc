package suites

import (
	"slices"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/load"
	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/suites/buffer"
	"github.com/ipckit/ipckit/suites/cooperation"
	"github.com/ipckit/ipckit/suites/link"
	"github.com/ipckit/ipckit/suites/lock"
	"github.com/ipckit/ipckit/suites/mailbox"
	"github.com/ipckit/ipckit/suites/network"
	"github.com/ipckit/ipckit/suites/performance"
	"github.com/ipckit/ipckit/suites/programs"
	"github.com/ipckit/ipckit/suites/region"
	"github.com/ipckit/ipckit/suites/rwlock"
	"github.com/ipckit/ipckit/suites/semaphore"
	"github.com/ipckit/ipckit/suites/snapshot"
	"github.com/ipckit/ipckit/suites/word"
)

// A family is what checks the requirements of one folder: all of its parts stand
// there, side by side.
type family struct {
	specs     func(*check.Suite)
	loads     func(*check.Suite) // nil: nothing is put under load
	scenarios scenario.Source    // empty: nothing is explored
	shows     []load.Shows       // what loads show beside their own requirements
}

func families() []family {
	return []family{
		{specs: network.Specs}, // first, since it waits for longest: at the end, nothing else would run meanwhile
		{region.Specs, region.Loads, scenario.Source{Scenarios: region.Scenarios, Object: region.Object}, nil},
		{word.Specs, word.Loads, scenario.Source{Scenarios: word.Scenarios, Object: word.Object}, nil},
		{lock.Specs, lock.Loads, scenario.Source{Scenarios: lock.Scenarios, Object: lock.Object}, lock.Shows},
		{semaphore.Specs, semaphore.Loads, scenario.Source{Scenarios: semaphore.Scenarios, Object: semaphore.Object}, semaphore.Shows},
		{rwlock.Specs, rwlock.Loads, scenario.Source{Scenarios: rwlock.Scenarios, Object: rwlock.Object}, rwlock.Shows},
		{snapshot.Specs, snapshot.Loads, scenario.Source{Scenarios: snapshot.Scenarios, Object: snapshot.Object}, snapshot.Shows},
		{buffer.Specs, buffer.Loads, scenario.Source{Scenarios: buffer.Scenarios, Object: buffer.Object}, buffer.Shows},
		{specs: mailbox.Specs, loads: mailbox.Loads, shows: mailbox.Shows},
		{specs: link.Specs, loads: link.Loads},
		{specs: cooperation.Specs},
		{specs: performance.Specs},
		{specs: programs.Specs},
	}
}

// register gives what registers all checks: the specs of all families, then what is
// explored, then the loads.
func register() (all []func(*check.Suite)) {
	for _, f := range families() {
		all = append(all, f.specs)
	}
	all = append(all, races)
	for _, f := range families() {
		if f.loads != nil {
			all = append(all, f.loads)
		}
	}
	return all
}

// Scenarios gives what is explored of a subject, by its claims, which must be
// checked and normalised. Errors: *[scenario.SyntaxError] of a scenario that the
// claims add.
func Scenarios(c subject.Claims) ([]scenario.Scenario, error) {
	var sources []scenario.Source
	for _, f := range families() {
		if f.scenarios.Scenarios != nil {
			sources = append(sources, f.scenarios)
		}
	}
	return scenario.Of(c, sources...)
}

// races registers the checks of kind race: for each requirement that a scenario
// shows, the interleavings of two processes within a bound.
func races(s *check.Suite) {
	for _, id := range Explored(s.Catalogue) {
		if r := s.Catalogue.Get(id); r != nil && slices.Contains(r.Checks, catalogue.Race) {
			s.It(id, check.Interleavings(Scenarios), check.Kind(catalogue.Race), check.Once())
		}
	}
}

// Explored are the requirements that the scenarios of some claims can show, by id,
// in the order of the scenarios.
func Explored(c *catalogue.Catalogue) (ids []string) {
	all, err := Scenarios(everything(c))
	if err != nil {
		panic(err) // no scenario is an author's
	}
	for _, s := range all {
		for _, id := range s.Shows {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// everything is the claims of a subject that promises all that can be explored.
func everything(c *catalogue.Catalogue) subject.Claims {
	items := subject.Capacity{Items: &subject.Range{Min: 1, Max: 8}}
	buffer := &subject.BufferProfile{Capacity: items, Item: subject.Item{Max: 64}, Close: true}
	claims := subject.Claims{Profiles: subject.Profiles{
		Region: &subject.RegionProfile{}, Word: &subject.WordProfile{}, Lock: &subject.LockProfile{},
		Semaphore: &subject.SemaphoreProfile{Maximum: &subject.Range{Min: 1, Max: 8}}, RWLock: &subject.RWLockProfile{},
		Snapshot: &subject.SnapshotProfile{Record: subject.Item{Max: 64}}, OneToOne: buffer, Many: buffer,
	}}
	for _, r := range c.All() {
		if r.Level == catalogue.Extended {
			claims.Extended = append(claims.Extended, r.ID)
		}
	}
	claims.Normalise()
	return claims
}

// LoadOfRace is the requirement whose load a seeded race shows under that breaks a
// requirement: its own, where it has a load.
func LoadOfRace(requirement string) string {
	for _, f := range families() {
		for _, s := range f.shows {
			if s.Requirement == requirement && s.Races {
				return s.Load
			}
		}
	}
	return requirement
}

// Shows reports whether faults that break a requirement show under the load of
// another.
func Shows(load, requirement string) bool {
	for _, f := range families() {
		for _, s := range f.shows {
			if s.Requirement == requirement && s.Load == load && s.Faults {
				return true
			}
		}
	}
	return false
}
