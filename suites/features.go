package suites

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/subject"
)

// A Feature is a row of the table of what each mechanism can do: the requirement
// behind it, of mailboxes and of links, and a number of the claims where there is
// one.
type Feature struct {
	Name          string
	Mailbox, Link string // ids; "" where there is no such thing
	Amount        func(c *subject.Claims, profile string) string
}

// Features are the rows of the table.
func Features() []Feature {
	return []Feature{
		{"one receives from one only", "", "LINK-NAMED", nil},
		{"one receives from any; the sender is named", "BOX-IDENTITY", "LINK-ANY", nil},
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
		{"death of the other side is reported", "", "LINK-DEAD", nil},
		{"a sender's death harms no other process", "BOX-SENDERDEATH", "", nil},
		{"an owner, whose end deletes it", "BOX-OWNER", "", nil},
		{"closed to other users", "BOX-PRIVATE", "", nil},
		{"between hosts", "NET-MAILBOX", "NET-LINK", nil},
	}
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
