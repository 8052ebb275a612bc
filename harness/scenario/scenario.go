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
	Wakes   []string // requirements that promise that a process which waits goes on

	// Deaths says that agent A is to be killed before each of its accesses, and
	// that B must get on: see [explore.Explorer.Kill].
	Deaths bool

	// steps has the names of its objects without what makes them unique in
	// the system.
	steps explore.Scenario
}

// A Source derives scenarios from claims: those of one family of objects.
type Source struct {
	// Scenarios are those that the claims give rise to.
	Scenarios func(c *subject.Claims) []Scenario
	// Object is the one that scenarios which the claims add are about; not ok where
	// the claimed profile is not of this family, or allows none.
	Object func(c *subject.Claims, profile string) (o Object, ok bool)
}

// Of gives the scenarios of what is claimed, in the order of the sources, those
// that the claims add at the end. The claims must be checked and normalised.
// Errors: *[SyntaxError] of an added scenario.
func Of(c subject.Claims, sources ...Source) ([]Scenario, error) {
	var all []Scenario
	for _, s := range sources {
		all = append(all, s.Scenarios(&c)...)
	}
	added, err := added(&c, sources)
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

// A Sketch is a scenario in the small language.
type Sketch struct {
	State   string // of the object, a word
	Before  string // what brings it about, by A unless it says otherwise
	A, B    string
	Observe string   // afterwards, by A unless it says otherwise
	Shows   []string // as in Scenario

	Preemptions int
	Relaxed     bool // as in explore.Scenario
	Joined      bool // likewise
	Deaths      bool // as in Scenario
}

// An Object is what the scenarios of a profile are about.
type Object struct {
	Profile string
	Family  string             // of its operations
	Size    int64              // of items and records, bytes
	Create  []protocol.Request // by A; B opens what is created
	Wakes   []string           // as in Scenario

	// made is what create makes, where the scenario itself creates the object: nothing
	// is set up then. Nil: it is set up.
	made *protocol.Request
}

// Missing is the object before it is created: by the steps create and open, of which
// both may be a scenario's operations.
func (o Object) Missing() Object {
	r := o.Create[0]
	r.Name = "new"
	o.made, o.Create = &r, nil
	return o
}

// unmake gives back what the steps of a scenario have created and opened.
func (o Object) unmake() []explore.Step {
	end := protocol.Detach
	if o.Family == protocol.Region {
		end = protocol.Close
	}
	detach := protocol.Request{Op: protocol.Op(o.Family, end), Object: o.made.Object}
	return []explore.Step{
		{Agent: explore.A, Request: detach}, {Agent: explore.B, Request: detach},
		{Agent: explore.A, Request: protocol.Request{Op: protocol.Op(o.Family, protocol.Unlink), Name: o.made.Name}},
	}
}

// scenario fills a sketch in.
func (o Object) scenario(k Sketch) (Scenario, error) {
	s := Scenario{Profile: o.Profile, Shows: k.Shows, Wakes: o.Wakes, Deaths: k.Deaths}
	s.steps.Preemptions, s.steps.Relaxed, s.steps.First = k.Preemptions, k.Relaxed, true
	s.steps.StoreBuffers, s.steps.Joined = true, k.Joined
	if o.made != nil {
		s.steps.Teardown = o.unmake()
	}
	for _, r := range o.Create {
		s.steps.Setup = append(s.steps.Setup, explore.Step{Agent: explore.A, Request: r})
		family, _ := protocol.Split(r.Op)
		s.steps.Setup = append(s.steps.Setup, explore.Step{Agent: explore.B, Request: protocol.Request{
			Op: protocol.Op(family, protocol.Open), Kind: r.Kind, Object: r.Object, Name: r.Name,
		}})
	}
	before, err := o.steps(k.Before, explore.A)
	if err != nil {
		return s, err
	}
	s.steps.Setup = append(s.steps.Setup, before...)
	if s.steps.A, err = o.requests(k.A, explore.A); err != nil {
		return s, err
	}
	if s.steps.B, err = o.requests(k.B, explore.B); err != nil {
		return s, err
	}
	if s.steps.Observe, err = o.steps(k.Observe, explore.A); err != nil {
		return s, err
	}
	how := ":"
	if k.Deaths {
		how = ":killed-in-"
	}
	s.ID = o.Profile + "." + k.State + how + short(k.A) + "+" + short(k.B)
	return s, nil
}

// Scenarios fills in sketches that are the kit's own, so that an error is one of
// the kit.
func (o Object) Scenarios(sketches ...Sketch) []Scenario {
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
func added(c *subject.Claims, sources []Source) ([]Scenario, error) {
	var list []Scenario
	for _, x := range c.Scenarios {
		o, ok := objectOf(c, x.Of, sources)
		if !ok {
			return nil, &SyntaxError{Scenario: x.Name, Text: x.Of, Want: "a claimed profile that has scenarios, such as lock or buffer.one-to-one"}
		}
		s, err := o.scenario(Sketch{
			State: "own", Before: x.Before, A: x.A, B: x.B, Observe: x.Observe, Shows: x.Shows,
			Preemptions: x.Preemptions, Relaxed: x.Relaxed, Deaths: x.Deaths,
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
func objectOf(c *subject.Claims, profile string, sources []Source) (Object, bool) {
	if !slices.Contains(c.Claimed(), profile) {
		return Object{}, false
	}
	for _, s := range sources {
		if o, ok := s.Object(c, profile); ok {
			return o, true
		}
	}
	return Object{}, false
}

// Region is a region of one page: the object of regions and words, and what those
// inside leave something in.
func Region() Object {
	return Object{Profile: subject.ProfileRegion, Family: "region", Create: []protocol.Request{
		{Op: protocol.OpRegionCreate, Object: "region", Name: "region", Size: new(int64(RegionSize))},
	}}
}

// Guarding is the object beside a region, in which those inside leave something;
// not ok where no regions are claimed.
func (o Object) Guarding(c *subject.Claims) (guarding Object, ok bool) {
	if c.Profiles.Region == nil {
		return o, false
	}
	o.Create = append(slices.Clone(o.Create), Region().Create...)
	return o, true
}

// Clamp is the nearest to the wanted size that is claimed.
func Clamp(wanted int64, i subject.Item) int64 {
	least, most := i.Bounds()
	return min(max(wanted, int64(least)), int64(most))
}
