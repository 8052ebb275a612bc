// Package catalogue holds requirements as data: what must hold, for which claims, why,
// and how it is looked at; and it selects those that a subject's claims and the
// caller ask for. The data themselves are the suite's; the package knows their
// form only.
package catalogue

import "strings"

// Level says which subjects must meet a requirement.
type Level string

const (
	Core     Level = "core"     // every subject that claims the profile
	Extended Level = "extended" // every subject that claims this requirement by its id
	Claim    Level = "claim"    // a measured promise, claimed by its id
)

// Kind is a way of looking at a requirement.
type Kind string

const (
	Behaviour   Kind = "behaviour"   // specs: arrange processes, act, expect
	Stress      Kind = "stress"      // histories under load, decided by checkers
	Race        Kind = "race"        // interleavings within a bound
	Fault       Kind = "fault"       // kills, pauses, exhaustion
	Performance Kind = "performance" // ratios to a baseline of the same run
)

// A Requirement is one rule that must hold.
type Requirement struct {
	ID       string   `yaml:"id"`
	Level    Level    `yaml:"level"`
	Profiles []string `yaml:"profiles"`       // claimed as part of any of these
	When     string   `yaml:"when,omitempty"` // one of subject.Conditions: claimed only in profiles that meet it; "" is always

	// By is one of subject.Conditions: a profile whose claims meet it in words of their
	// own claims the requirement without its id, since what a key says is checked.
	By string `yaml:"by,omitempty"`

	// Of one that is promised under performance, what a promise may say:
	Of        []string `yaml:"of,omitempty"`        // profiles whose objects can be measured
	Keys      []string `yaml:"keys,omitempty"`      // of subject.PromiseKeys
	Units     []string `yaml:"units,omitempty"`     // of a bound
	Baselines []string `yaml:"baselines,omitempty"` // what a ratio may refer to; see subject.AnySubject and subject.Itself

	Since  string `yaml:"since"`  // kit version
	Text   string `yaml:"text"`   // the rule, in one or two sentences
	Source string `yaml:"source"` // book section, POSIX page, paper
	Why    string `yaml:"why"`    // what goes wrong without it
	Hint   string `yaml:"hint"`   // where to look when it fails, without giving the fix
	Checks []Kind `yaml:"checks"` // kinds of check that apply, run or not
}

// Family is the part of the id before the first dash: REG, BUF, BOX.
func (r *Requirement) Family() string {
	family, _, _ := strings.Cut(r.ID, "-")
	return family
}

// Catalogue is an ordered set of requirements.
type Catalogue struct {
	Families     []Family
	requirements []*Requirement
	byID         map[string]*Requirement
}

// A Family groups the requirements of one subject matter, as one file does.
type Family struct {
	ID           string         `yaml:"family"`
	Title        string         `yaml:"title"`
	Model        string         `yaml:"model"` // one of Models
	Requirements []*Requirement `yaml:"requirements"`
}

// All gives every requirement in catalogue order.
func (c *Catalogue) All() []*Requirement { return c.requirements }

// IDs gives the id of every requirement, in the same order.
func (c *Catalogue) IDs() []string {
	ids := make([]string, len(c.requirements))
	for i, r := range c.requirements {
		ids[i] = r.ID
	}
	return ids
}

// Get gives a requirement by its id, or nil.
func (c *Catalogue) Get(id string) *Requirement { return c.byID[id] }

// Family gives the family that a requirement belongs to, or nil.
func (c *Catalogue) Family(id string) *Family {
	family, _, _ := strings.Cut(id, "-")
	for i := range c.Families {
		if c.Families[i].ID == family {
			return &c.Families[i]
		}
	}
	return nil
}
