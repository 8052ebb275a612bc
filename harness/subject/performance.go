package subject

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Performance is one measured promise: a ratio to a baseline that is measured in
// the same run, or a bound of what can be counted. Keys that do not apply are zero.
type Performance struct {
	Requirement string  `yaml:"requirement" json:"requirement"`
	Of          string  `yaml:"of,omitempty" json:"of,omitempty"`             // profile whose object is measured; default: the first claimed one that fits
	Size        Size    `yaml:"size,omitempty" json:"size,omitempty"`         // bytes of a message; default 64
	Pairs       int     `yaml:"pairs,omitempty" json:"pairs,omitempty"`       // of processes at the same time; default 2
	Rate        float64 `yaml:"rate,omitempty" json:"rate,omitempty"`         // messages a second; default: half of what goes through
	From        Size    `yaml:"from,omitempty" json:"from,omitempty"`         // the smallest size of which it is promised
	AtLeast     float64 `yaml:"at_least,omitempty" json:"at_least,omitempty"` // times as good: cost of the baseline / cost of the subject
	AtMost      float64 `yaml:"at_most,omitempty" json:"at_most,omitempty"`   // cost of the subject / cost of the baseline; without one a bound, in Unit
	Unit        string  `yaml:"unit,omitempty" json:"unit,omitempty"`         // of a bound
	Against     string  `yaml:"against,omitempty" json:"against,omitempty"`   // the baseline
}

// PromiseKeys are the keys that only the promises of some requirements have.
var PromiseKeys = []string{"size", "pairs", "rate", "from"}

// What a requirement's Baselines may list beside words of its own, such as serial.
const (
	AnySubject = "subject" // any other subject, by its built-in name or by a path
	Itself     = "itself"  // the subject, measured in another way; where this is listed, against may be left out
)

// IsBound reports whether the promise is a bound in a unit, to be counted without
// a baseline.
func (p Performance) IsBound() bool { return p.AtMost > 0 && p.Against == "" }

// Ratio is what the subject must exceed: how many times as good as the baseline it
// is promised to be; 0 of a bound.
func (p Performance) Ratio() float64 {
	switch {
	case p.AtLeast > 0:
		return p.AtLeast
	case p.Against != "":
		return 1 / p.AtMost
	}
	return 0
}

// String says what is promised, without of what.
func (p Performance) String() string {
	switch against := p.Against; {
	case p.IsBound():
		return fmt.Sprintf("at most %s %s", number(p.AtMost), p.Unit)
	case p.AtMost > 0:
		return fmt.Sprintf("at most %s times the cost of %s", number(p.AtMost), against)
	case against == "" || against == Itself:
		return fmt.Sprintf("at least %s times as good as itself", number(p.AtLeast))
	default:
		return fmt.Sprintf("at least %s times as good as %s", number(p.AtLeast), against)
	}
}

// Line is the promise as it stands in a claims file, in one line.
func (p Performance) Line() string {
	parts := []string{"requirement: " + p.Requirement}
	add := func(key, value string, given bool) {
		if given {
			parts = append(parts, key+": "+value)
		}
	}
	add("of", p.Of, p.Of != "")
	add("size", p.Size.String(), p.Size != 0)
	add("pairs", strconv.Itoa(p.Pairs), p.Pairs != 0)
	add("rate", number(p.Rate), p.Rate != 0)
	add("from", p.From.String(), p.From != 0)
	add("at_least", number(p.AtLeast), p.AtLeast != 0)
	add("at_most", number(p.AtMost), p.AtMost != 0)
	add("unit", p.Unit, p.Unit != "")
	add("against", p.Against, p.Against != "")
	return "{" + strings.Join(parts, ", ") + "}"
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// IsPath reports whether a baseline is the path of a subject: it begins with a dot
// or a slash, as in ./old or /usr/lib/ring.
func IsPath(against string) bool {
	return strings.HasPrefix(against, ".") || strings.HasPrefix(against, "/")
}

// Measured is the profile whose object a promise is about: the one that it names,
// or the first claimed one of those that fit its requirement; "" if there is none.
func (c *Claims) Measured(p Performance, fit []string) string {
	if p.Of != "" {
		return p.Of
	}
	claimed := c.Claimed()
	for _, profile := range fit {
		if slices.Contains(claimed, profile) {
			return profile
		}
	}
	return ""
}

// Messages gives the sizes, in bytes, of what a claimed profile moves. It is false
// of one that moves nothing, such as a lock.
func (c *Claims) Messages(profile string) (least, most Size, ok bool) {
	var item Item
	switch p := &c.Profiles; {
	case profile == ProfileOneToOne && p.OneToOne != nil:
		item = p.OneToOne.Item
	case profile == ProfileMany && p.Many != nil:
		item = p.Many.Item
	case profile == ProfileMailbox && p.Mailbox != nil:
		item = p.Mailbox.Item
	case profile == ProfileLink && p.Link != nil:
		item = p.Link.Item
	case profile == ProfileSnapshot && p.Snapshot != nil:
		item = p.Snapshot.Record
	default:
		return 0, 0, false
	}
	least, most = item.Bounds()
	return least, most, true
}
