package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/subject"
)

// A feature is a row of the table of mechanisms: the requirement that stands
// behind it, of mailboxes and of links; where it says how much, a number of the
// claims besides.
type feature struct {
	name          string
	mailbox, link string // ids; "" where there is no such thing
	amount        func(c *subject.Claims, profile string) string
}

var features = []feature{
	{"one receives from one only", "", "LINK-NAMED", nil},
	{"one receives from any, who is named", "BOX-IDENTITY", "LINK-ANY", nil},
	{"many receive, each message once", "BOX-ONERECEIVER", "", nil},
	{"two independent directions", "", "LINK-PAIR", nil},
	{"both may send first", "", "LINK-DUPLEX", nil},
	{"order", "BOX-FIFO", "LINK-ORDER", nil},
	{"priority", "BOX-PRIORITY", "", nil},
	{"boundaries", "BOX-BOUNDARY", "LINK-BOUNDARY", nil},
	{"any content; bytes of one send", "BOX-CONTENT", "LINK-CONTENT", sizes},
	{"bounded; what it counts", "CAP-BOUNDED", "CAP-BOUNDED", capacity},
	{"zero capacity", "CAP-ZERO", "CAP-ZERO", nil},
	{"unbounded", "CAP-UNBOUNDED", "CAP-UNBOUNDED", nil},
	{"blocking receive", "SYNC-RECEIVE", "SYNC-RECEIVE", nil},
	{"nonblocking receive", "SYNC-RECEIVENOW", "SYNC-RECEIVENOW", nil},
	{"blocking send", "SYNC-SEND", "SYNC-SEND", nil},
	{"nonblocking send", "SYNC-SENDNOW", "SYNC-SENDNOW", nil},
	{"time limits", "BOX-DEADLINE", "", nil},
	{"cancellation", "SYNC-CANCEL", "SYNC-CANCEL", nil},
	{"close, and drain", "BOX-DRAIN", "", nil},
	{"death of the other side is told", "", "LINK-DEAD", nil},
	{"a sender's death harms nobody", "BOX-SENDERDEATH", "", nil},
	{"an owner, whose end deletes it", "BOX-OWNER", "", nil},
	{"closed to other users", "BOX-PRIVATE", "", nil},
	{"between hosts", "NET-MAILBOX", "NET-LINK", nil},
}

// sizes is how large one send may be.
func sizes(c *subject.Claims, profile string) string {
	var item subject.Item
	if profile == subject.ProfileLink {
		item = c.Profiles.Link.Item
	} else {
		item = c.Profiles.Mailbox.Item
	}
	least, most := item.Bounds()
	return between(least, most)
}

// capacity is what a bound counts.
func capacity(c *subject.Claims, profile string) string {
	if profile == subject.ProfileLink {
		return ""
	}
	if r := c.Profiles.Mailbox.Capacity.Bytes; r != nil {
		return "bytes"
	}
	return "messages"
}

func between(least, most subject.Size) string {
	if least == most {
		return most.String()
	}
	return fmt.Sprintf("%s–%s", least, most)
}

// A column is one profile of a built-in subject.
type column struct {
	name, profile string
	claims        subject.Claims
	items         map[string]catalogue.Item
}

// mechanisms are the built-in subjects that pass messages.
func mechanisms(suite run.Suite) ([]column, error) {
	var all []column
	const first = "reference" // it has most of them
	names := slices.DeleteFunc(builtInNames(), func(name string) bool { return name == first })
	for _, name := range append([]string{first}, names...) {
		s, _ := builtIn(name)
		s.Claims.Normalise()
		for _, profile := range []string{subject.ProfileMailbox, subject.ProfileLink} {
			if !slices.Contains(s.Claims.Claimed(), profile) {
				continue
			}
			items, err := catalogue.Select(suite.Catalogue, s.Claims, nil)
			if err != nil {
				return nil, err
			}
			m := column{name: name, profile: profile, claims: s.Claims, items: map[string]catalogue.Item{}}
			for _, item := range items {
				m.items[item.Requirement.ID] = item
			}
			all = append(all, m)
		}
	}
	return all, nil
}

// cell says how a column stands to a feature.
func (m column) cell(f feature, implemented map[string][]catalogue.Kind) string {
	id := f.mailbox
	if m.profile == subject.ProfileLink {
		id = f.link
	}
	item, ok := m.items[id]
	// A requirement of another profile, such as network, is named for this one.
	own := ok && slices.Contains(item.Requirement.Profiles, m.profile)
	switch {
	case id == "":
		return ""
	case !ok || item.Status != catalogue.Claimed || own && !slices.Contains(item.Profiles, m.profile):
		return "–"
	case len(implemented[id]) == 0:
		return "?"
	case f.amount != nil:
		return strings.TrimSpace("✓ " + f.amount(&m.claims, m.profile))
	}
	return "✓"
}

// tabulate prints the features by mechanism.
func tabulate(out io.Writer, suite run.Suite, implemented map[string][]catalogue.Kind) error {
	columns, err := mechanisms(suite)
	if err != nil {
		return err
	}
	var names, profiles strings.Builder
	for _, m := range columns {
		fmt.Fprintf(&names, "\t%s", m.name)
		fmt.Fprintf(&profiles, "\t%s", m.profile)
	}
	fmt.Fprintf(out, "Message passing, by mechanism\n")
	fmt.Fprintf(out, "  %s\tshown by\n  %s\t\n", names.String(), profiles.String())
	for _, f := range features {
		fmt.Fprintf(out, "  %s", f.name)
		for _, m := range columns {
			fmt.Fprintf(out, "\t%s", m.cell(f, implemented))
		}
		ids := slices.DeleteFunc([]string{f.mailbox, f.link}, func(id string) bool { return id == "" })
		fmt.Fprintf(out, "\t%s\n", strings.Join(slices.Compact(ids), ", "))
	}
	_, err = fmt.Fprintln(out, "  ✓ claimed, and checked by `ipckit check`; – not claimed; ? claimed, and no check yet; empty: there is no such thing")
	return err
}
