// Package selection decides what will be checked: a subject's claims against
// the catalogue, narrowed to what the caller asks for.
package selection

import (
	"errors"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/subject"
)

// Status says how a requirement stands to a subject's claims.
type Status string

const (
	Claimed    Status = "claimed"
	NotClaimed Status = "not-claimed"
	Excluded   Status = "excluded" // the profile is claimed as partial, without this
)

// An Item is one requirement of the catalogue and how it stands.
type Item struct {
	Requirement *catalogue.Requirement
	Status      Status
	Profiles    []string // claimed profiles in which it is to be checked
	Selected    bool     // claimed, and asked for
}

// ErrEmpty says that nothing is left to check.
var ErrEmpty = errors.New("nothing to check")

// Select gives an item for each requirement, in catalogue order.
func Select(cat *catalogue.Catalogue, claims subject.Claims, only []string) ([]Item, error) {
	return nil, ErrEmpty
}
