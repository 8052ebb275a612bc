package catalogue

import (
	"slices"
	"strings"
)

// A Check is one kind of check of one requirement, in one profile in which it is
// claimed.
type Check struct {
	Requirement string `json:"requirement"`
	Profile     string `json:"profile"`
	Kind        Kind   `json:"kind"`
	Waits       bool   `json:"waits,omitempty"` // it hardly uses a processor
	Claim       int    `json:"claim,omitempty"` // which of the measured promises it judges, from 1; 0: none
}

// DefaultKinds gives the kinds of check that run where the caller names none:
// all but race, since exploring interleavings takes as long as all else together,
// and performance, since measuring needs the machine for itself.
func DefaultKinds() []Kind {
	return slices.DeleteFunc(slices.Clone(Kinds), func(k Kind) bool { return k == Race || k == Performance })
}

// Listed writes kinds as a list in a sentence: "behaviour, stress and fault".
func Listed(kinds []Kind) string {
	var words []string
	for _, k := range kinds {
		words = append(words, string(k))
	}
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " and " + words[last]
	}
	return strings.Join(words, "")
}
