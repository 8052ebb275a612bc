package scenario

import (
	"slices"

	"github.com/ipckit/ipckit/harness/subject"
)

// Requirements are those that the scenarios of some claims can show, by id, in
// the order of the scenarios.
func Requirements() []string {
	items := subject.Capacity{Items: &subject.Range{Min: 1, Max: 8}}
	buffer := &subject.BufferProfile{Capacity: items, Item: subject.Item{Max: 64}, Close: true}
	c := subject.Claims{
		Profiles: subject.Profiles{
			Region: &subject.RegionProfile{}, Word: &subject.WordProfile{}, Lock: &subject.LockProfile{},
			Semaphore: &subject.SemaphoreProfile{Maximum: &subject.Range{Min: 1, Max: 8}}, RWLock: &subject.RWLockProfile{},
			Snapshot: &subject.SnapshotProfile{Record: subject.Item{Max: 64}}, OneToOne: buffer, Many: buffer,
		},
		Extended: []string{
			"REG-EARLYOPEN", "REG-STAMPEDE", "WORD-REGISTER", "WORD-DEKKER", "LOCK-DEADLINE", "LOCK-OWNERDEATH",
			"SEM-DEADLINE", "SEM-OVERFLOW", "RW-DEADLINE", "RW-OWNERDEATH", "SNAP-WRITERDEATH", "SNAP-READERS",
			"BUF-DEADLINE", "BUF-PRODUCERDEATH", "BUF-CONSUMERDEATH",
		},
	}
	c.Normalise()
	all, err := Of(c)
	if err != nil {
		panic(err) // there is nothing that an author could have got wrong
	}
	var ids []string
	for _, s := range all {
		for _, id := range s.Shows {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}
