package sanitize

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/subject"
)

// A Round is the use of one object by several threads.
type Round struct {
	Profile          string `json:"profile"`
	Left             string `json:"left_out,omitempty"` // why the round was left out; "" if it was decided
	Races            int    `json:"races"`
	Makers           int    `json:"-"` // threads that put, send, write or publish
	Takers           int    `json:"-"` // threads that get, receive or read; of other objects, the other half
	capacity         int64
	itemMin, itemMax int64
}

// argument is how the round is passed to the driver.
func (r *Round) argument() string {
	return fmt.Sprintf("%s,%d,%d,%d,%d,%d", r.Profile, r.capacity, r.itemMin, r.itemMax, r.Makers, r.Takers)
}

// Users says which threads used the object.
func (r *Round) Users() string {
	switch r.Profile {
	case subject.ProfileOneToOne:
		return "one producer and one consumer"
	case subject.ProfileMany:
		return "two producers and two consumers"
	case subject.ProfileMailbox:
		return "two senders and two receivers"
	case subject.ProfileRWLock:
		return "two writers and two readers of a counter"
	case subject.ProfileSnapshot:
		return "two publishers and two readers"
	case subject.ProfileWord:
		return "four threads that add, store, load and swap"
	}
	return "four threads that increment a counter"
}

// Number and size of items: small, so that a buffer is often full and empty.
const (
	items    = 4
	itemSize = 40
)

// roundsOf lists a round for each profile that is claimed.
func roundsOf(c subject.Claims) []*Round {
	var rounds []*Round
	add := func(r Round) { rounds = append(rounds, &r) }
	p := c.Profiles
	if p.Word != nil && p.Region != nil {
		add(Round{Profile: subject.ProfileWord, Makers: 2, Takers: 2})
	}
	if p.Lock != nil {
		add(Round{Profile: subject.ProfileLock, Makers: 2, Takers: 2})
	}
	if p.Semaphore != nil && p.Semaphore.Maximum != nil {
		add(Round{Profile: subject.ProfileSemaphore, capacity: int64(p.Semaphore.Maximum.Max), Makers: 2, Takers: 2})
	}
	if p.RWLock != nil {
		add(Round{Profile: subject.ProfileRWLock, Makers: 2, Takers: 2})
	}
	if p.Snapshot != nil {
		add(Round{Profile: subject.ProfileSnapshot, Makers: 2, Takers: 2}.moving(p.Snapshot.Record))
	}
	if b := p.OneToOne; b != nil {
		add(Round{Profile: subject.ProfileOneToOne, Makers: 1, Takers: 1}.holding(b.Capacity, b.Item).moving(b.Item))
	}
	if b := p.Many; b != nil {
		add(Round{Profile: subject.ProfileMany, Makers: 2, Takers: 2}.holding(b.Capacity, b.Item).moving(b.Item))
	}
	if m := p.Mailbox; m != nil {
		add(Round{Profile: subject.ProfileMailbox, Makers: 2, Takers: 2}.holding(m.Capacity, m.Item).moving(m.Item))
	}
	return rounds
}

// moving chooses the sizes of the items.
func (r Round) moving(item subject.Item) Round {
	least, most := item.Bounds()
	r.itemMin, r.itemMax = int64(least), max(min(int64(most), itemSize), int64(least))
	return r
}

// holding chooses the capacity.
func (r Round) holding(c subject.Capacity, item subject.Item) Round {
	switch {
	case c.Items != nil:
		r.capacity = min(max(items, int64(c.Items.Min)), int64(c.Items.Max))
	case c.Bytes != nil:
		_, most := item.Bounds()
		r.capacity = min(max(items*min(int64(most), itemSize), int64(c.Bytes.Min)), int64(c.Bytes.Max))
	}
	return r
}
