// Package reference plugs the reference libraries of both models into the
// kit: it says what they claim, and translates between their words and the
// contract's.
package reference

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/messagepassing"
)

// Subject is the reference implementation. Where this process was started as
// a post office of package messagepassing, it becomes one and does not return.
func Subject() subject.Subject {
	messagepassing.ServeIfAsked()
	return subject.Subject{
		Claims: subject.Claims{
			Subject: "reference", Version: "0.1.0", Language: "Go",
			Profiles: subject.Profiles{
				Region: &subject.RegionProfile{Names: "posix", Maximum: 64 << 20},
				OneToOne: &subject.BufferProfile{
					Capacity: items(1, 1<<20), Slots: "N", Item: subject.Item{Max: 1 << 20},
					Waiting: "sleep", Empty: "strict", Close: true,
				},
				Mailbox: &subject.MailboxProfile{
					Capacity: items(1, 1<<20), Item: subject.Item{Max: 16 << 20},
					Delivery: "at-most-once", Order: "fifo", Waiting: "sleep", Close: true, Cancel: true,
				},
			},
			Extended: []string{
				"REG-EARLYOPEN", "REG-STAMPEDE", "REG-BOUNDS", "REG-READONLY", "REG-PRIVATE", "REG-STALE",
			},
		},
		Regions:   regions{},
		OneToOne:  buffers{},
		Mailboxes: mailboxes{},
	}
}

func items(low, high subject.Size) subject.Capacity {
	return subject.Capacity{Items: &subject.Range{Min: low, Max: high}}
}
