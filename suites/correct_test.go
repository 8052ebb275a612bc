package suites_test

import (
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/region"
	"github.com/ipckit/ipckit/impl/faults/ring"
	"github.com/ipckit/ipckit/suites"
)

// TestRoomFirst: a buffer that looks for room before it looks at the length says full
// where it is full, also of an item that is too large.
func TestRoomFirst(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a world")
	}
	shape := subject.BufferProfile{
		Capacity: subject.Capacity{Items: &subject.Range{Min: 1, Max: 1}}, Item: subject.Item{Max: 64},
		Waiting: "sleep", Empty: "strict",
	}
	mailbox := subject.MailboxProfile{Capacity: shape.Capacity, Item: shape.Item, Delivery: "at-most-once", Order: "fifo", Waiting: "sleep"}
	suites.Check(t, subject.Subject{
		Claims: subject.Claims{
			Subject: "room-first", Version: "1", Language: "Go",
			Profiles: subject.Profiles{Many: &shape, Mailbox: &mailbox},
		},
		Many:      ring.Many(ring.RoomFirst),
		Mailboxes: ring.Mailboxes(ring.RoomFirst, region.None),
	}, suites.Only("BUF-OVERSIZE", "BOX-OVERSIZE"))
}
