// Package scenario derives what is explored of a subject from what it claims:
// for each profile the pairs of operations that two processes can be in at the
// same time, in each of the object's small states, such as empty, one inside,
// full and closed. Each scenario says which requirements a violation of it
// breaks.
//
// Scenarios are written in a small language, which is also that of the key
// scenarios in a claims file, see [subject.Scenario].
package scenario

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// A Scenario is one that a subject's claims give rise to.
type Scenario struct {
	ID      string   // "lock.held:release+acquire"
	Profile string   // whose object it is about
	Shows   []string // requirements that a violation breaks, by id; the first is its own

	// Deaths says that agent A is to be killed before each of its accesses, and
	// that B must get on: see [explore.Explorer.Kill].
	Deaths bool

	// steps has the names of its objects without what makes them unique in
	// the system.
	steps explore.Scenario
}

// Of gives the scenarios of what is claimed, in the order of the profiles,
// those that the claims add at the end. The claims must be checked and
// normalised. Errors: *[SyntaxError] of an added scenario.
func Of(c subject.Claims) ([]Scenario, error) {
	var all []Scenario
	for _, profile := range []func(*subject.Claims) []Scenario{
		regions, words, locks, semaphores, rwlocks, snapshots, oneToOne, many,
	} {
		all = append(all, profile(&c)...)
	}
	added, err := added(&c)
	if err != nil {
		return nil, err
	}
	all = append(all, added...)
	seen := map[string]int{}
	for i := range all {
		s := &all[i]
		if seen[s.ID]++; seen[s.ID] > 1 {
			s.ID = fmt.Sprintf("%s~%d", s.ID, seen[s.ID])
		}
		s.steps.Name = s.ID
	}
	return all, nil
}

// Preempting is the scenario with another bound.
func (s Scenario) Preempting(n int) Scenario {
	s.steps.Preemptions = n
	return s
}

// Buffering is the scenario with stores delayed, as they are by default, or not.
func (s Scenario) Buffering(on bool) Scenario {
	s.steps.StoreBuffers = on
	return s
}

// LeavingEveryPass is the scenario with long loops left in every pass.
func (s Scenario) LeavingEveryPass() Scenario {
	s.steps.EveryPass = true
	return s
}

// Showing gives those that show a requirement of an object of that profile.
func Showing(all []Scenario, requirement, profile string) []Scenario {
	return slices.DeleteFunc(slices.Clone(all), func(s Scenario) bool {
		return s.Profile != profile || !slices.Contains(s.Shows, requirement)
	})
}

// In is the scenario with names of objects that no other world uses.
func (s Scenario) In(world string) explore.Scenario {
	named := func(r protocol.Request) protocol.Request {
		if r.Name != "" {
			r.Name = "/ipckit-" + world + "-" + r.Name
		}
		return r
	}
	x := s.steps
	for _, list := range []*[]explore.Step{&x.Setup, &x.Observe, &x.Teardown} {
		*list = slices.Clone(*list)
		for i := range *list {
			(*list)[i].Request = named((*list)[i].Request)
		}
	}
	for _, list := range []*[]protocol.Request{&x.A, &x.B} {
		*list = slices.Clone(*list)
		for i := range *list {
			(*list)[i] = named((*list)[i])
		}
	}
	return x
}

// A sketch is a scenario in the small language.
type sketch struct {
	state   string // of the object, a word
	before  string // what brings it about, by A unless it says otherwise
	a, b    string
	observe string // afterwards, by A unless it says otherwise
	shows   []string

	preemptions int
	relaxed     bool // as in explore.Scenario
	joined      bool // likewise
	deaths      bool
}

// An object is what the scenarios of a profile are about.
type object struct {
	profile string
	family  string // of its operations
	size    int64  // of items and records, bytes
	create  []protocol.Request
}

// scenario fills a sketch in.
func (o object) scenario(k sketch) (Scenario, error) {
	s := Scenario{Profile: o.profile, Shows: k.shows, Deaths: k.deaths}
	s.steps.Preemptions, s.steps.Relaxed, s.steps.First = k.preemptions, k.relaxed, true
	s.steps.StoreBuffers, s.steps.Joined = true, k.joined
	for _, r := range o.create {
		s.steps.Setup = append(s.steps.Setup, explore.Step{Agent: explore.A, Request: r})
		family, _, _ := strings.Cut(r.Op, ".")
		s.steps.Setup = append(s.steps.Setup, explore.Step{Agent: explore.B, Request: protocol.Request{
			Op: family + ".open", Kind: r.Kind, Object: r.Object, Name: r.Name,
		}})
	}
	before, err := o.steps(k.before, explore.A)
	if err != nil {
		return s, err
	}
	s.steps.Setup = append(s.steps.Setup, before...)
	if s.steps.A, err = o.requests(k.a, explore.A); err != nil {
		return s, err
	}
	if s.steps.B, err = o.requests(k.b, explore.B); err != nil {
		return s, err
	}
	if s.steps.Observe, err = o.steps(k.observe, explore.A); err != nil {
		return s, err
	}
	how := ":"
	if k.deaths {
		how = ":killed-in-"
	}
	s.ID = o.profile + "." + k.state + how + short(k.a) + "+" + short(k.b)
	return s, nil
}

// scenarios fills in sketches that are the kit's own, so that an error is one of
// the kit.
func (o object) scenarios(sketches ...sketch) []Scenario {
	var list []Scenario
	for _, k := range sketches {
		s, err := o.scenario(k)
		if err != nil {
			panic(fmt.Errorf("scenario: %w", err))
		}
		s.steps.Ends = true
		list = append(list, s)
	}
	return list
}

// added are the scenarios that the claims add.
func added(c *subject.Claims) ([]Scenario, error) {
	var list []Scenario
	for _, x := range c.Scenarios {
		o, ok := objectOf(c, x.Of)
		if !ok {
			return nil, &SyntaxError{Scenario: x.Name, Text: x.Of, Want: "a claimed profile that has scenarios, such as lock or buffer.one-to-one"}
		}
		s, err := o.scenario(sketch{
			state: "own", before: x.Before, a: x.A, b: x.B, observe: x.Observe, shows: x.Shows,
			preemptions: x.Preemptions, relaxed: x.Relaxed, deaths: x.Deaths,
		})
		if err == nil && (len(s.steps.A) == 0 || len(s.steps.B) == 0) {
			err = &SyntaxError{Text: cmp.Or(x.A, x.B), Want: "operations for both a and b"}
		}
		if err != nil {
			if wrong, ok := err.(*SyntaxError); ok {
				wrong.Scenario = x.Name
			}
			return nil, err
		}
		s.ID = x.Of + "." + strings.Join(strings.Fields(x.Name), "-")
		list = append(list, s)
	}
	return list, nil
}

// objectOf is the object of a claimed profile.
func objectOf(c *subject.Claims, profile string) (object, bool) {
	if !slices.Contains(c.Claimed(), profile) {
		return object{}, false
	}
	switch profile {
	case subject.ProfileRegion:
		return regionObject(), true
	case subject.ProfileWord:
		return wordObject(), true
	case subject.ProfileLock:
		return lockObject(), true
	case subject.ProfileSemaphore:
		return semaphoreObject(c, 0, 3), true
	case subject.ProfileRWLock:
		return rwlockObject(), true
	case subject.ProfileSnapshot:
		return snapshotObject(c), true
	case subject.ProfileOneToOne:
		o, _, ok := bufferObject(profile, c.Profiles.OneToOne)
		return o, ok
	case subject.ProfileMany:
		o, _, ok := bufferObject(profile, c.Profiles.Many)
		return o, ok
	}
	return object{}, false
}
