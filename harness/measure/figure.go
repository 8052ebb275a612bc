package measure

import (
	"slices"

	"github.com/ipckit/ipckit/harness/subject"
)

// What a slot measures.
type What int

const (
	RoundTrip What = iota // a message and its answer, between two processes
	OneWay                // a message of many, from one process to another; of a lock or a word, an operation of two processes at the same time
)

// A Figure is one cost, in ns, of one kind of object.
type Figure struct {
	What  What
	Of    string // profile
	Size  int64  // bytes of a message; 0 where none is moved
	Pairs int    // of processes that do it at the same time; the cost is then that of all together; 0: one
}

// Processes is how many it takes.
func (f Figure) Processes() int { return 2 * max(f.Pairs, 1) }

// Profiles whose objects can be measured, those first that are like most others.
var (
	moving = []string{subject.ProfileLink, subject.ProfileMailbox, subject.ProfileOneToOne, subject.ProfileMany}
	single = map[What][]string{
		RoundTrip: {subject.ProfileSemaphore, subject.ProfileWord},
		OneWay:    {subject.ProfileLock, subject.ProfileRWLock, subject.ProfileWord},
	}
)

// Moves reports whether a profile's objects move messages.
func Moves(profile string) bool { return slices.Contains(moving, profile) }

// OfSubject gives the figure as it is measured of another subject: of an object of
// the same profile, else of one like it; false where the subject has none that could
// be compared, or none for messages of the size. A post or a store that is answered is
// compared with the smallest message.
func (f Figure) OfSubject(c subject.Claims) (Figure, bool) {
	sized := Moves(f.Of)
	candidates := append([]string{f.Of}, single[f.What]...)
	switch {
	case sized:
		candidates = slices.Concat([]string{f.Of}, moving, single[f.What])
	case f.What == RoundTrip:
		candidates = append(candidates, moving...)
	}
	claimed := c.Claimed()
	for _, profile := range candidates {
		if !slices.Contains(claimed, profile) {
			continue
		}
		least, most, moves := c.Messages(profile)
		size := int64(0)
		if moves && sized {
			size = f.Size
		} else if moves {
			size = min(max(8, int64(least)), int64(most))
		}
		if !moves || int64(least) <= size && size <= int64(most) {
			f.Of, f.Size = profile, size
			return f, true
		}
	}
	return f, false
}

// Spins reports whether processes that wait for one another do so without sleeping,
// so that each needs a processor.
func (f Figure) Spins(c subject.Claims) bool {
	waiting := ""
	switch p := c.Profiles; f.Of {
	case subject.ProfileWord:
		return f.What == RoundTrip
	case subject.ProfileLock:
		waiting = p.Lock.Waiting
	case subject.ProfileRWLock:
		waiting = p.RWLock.Waiting
	case subject.ProfileSemaphore:
		waiting = p.Semaphore.Waiting
	case subject.ProfileOneToOne:
		waiting = p.OneToOne.Waiting
	case subject.ProfileMany:
		waiting = p.Many.Waiting
	case subject.ProfileMailbox:
		waiting = p.Mailbox.Waiting
	case subject.ProfileLink:
		waiting = p.Link.Waiting
	}
	return waiting == "spin"
}
