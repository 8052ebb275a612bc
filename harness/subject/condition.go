package subject

import (
	"slices"
	"strings"
)

// conditions lists what a requirement's `when` may say, and what claims have to
// say to meet it; {profile} stands for the profile that is claimed. A
// requirement with a condition is claimed only in profiles that meet it.
var conditions = []struct{ name, means string }{
	{"close", "close: true in profile {profile}"},
	{"cancel", "cancel: true in profile {profile}"},
	{"messages", "framing: messages in profile link"},
	{"build", "a build command"},
	{"mechanism", "a mechanism that is required or forbidden"},
	{"items", "a command that takes the number of items, as {items} or {file}"},
	{"capacity", "a capacity, and of programs a command that takes the number of items"},
	{"zero", "capacity: {items: {min: 0, max: …}} in profile mailbox"},
	{"unbounded", "unbounded: true in profile mailbox"},
	{"priority", "order: priority in profile mailbox"},
	{"buffering", "buffering: SIZE in profile link, which says how much goes in"},
	{"maximum", "maximum: VALUE in profile semaphore, which is the largest"},
	{"sleep", "waiting: sleep in profile {profile}"},
	{"at-least-once", "delivery: at-least-once in profile mailbox"},
	{"mailbox", "profile mailbox beside profile {profile}"},
	{"link", "profile link beside profile {profile}"},
	{"words", "the profiles region and word"},
	{"object", "lifetime: object in profile {profile}, which holds without a word"},
	{"each", "handles: each in profile {profile}, which holds without a word"},
	{"apart", "a consumer that the kit starts (started_by: kit)"},
}

// Conditions lists what a requirement's `when` may say.
func Conditions() []string {
	var names []string
	for _, c := range conditions {
		names = append(names, c.name)
	}
	return names
}

// Means says what claims of a profile have to say to meet a condition.
func Means(condition, profile string) string {
	for _, c := range conditions {
		if c.name == condition {
			return strings.ReplaceAll(c.means, "{profile}", profile)
		}
	}
	return condition
}

// Promises reports whether a claimed profile meets a condition of the
// catalogue, such as close. No condition is always met; one that this profile
// has no word for never is.
func (c *Claims) Promises(profile, condition string) bool {
	if !slices.Contains(c.Claimed(), profile) {
		return false
	}
	if condition == "" {
		return true
	}
	if s := c.Sharing(profile); s != nil {
		switch condition {
		case "object":
			return s.Lifetime != LifetimeCreator
		case "each":
			return s.Handles != HandlesProcess
		}
	}
	p := &c.Profiles
	switch profile {
	case ProfileLock:
		return condition == "sleep" && p.Lock.Waiting != "spin"
	case ProfileSemaphore:
		return condition == "sleep" && p.Semaphore.Waiting != "spin" || condition == "maximum" && p.Semaphore.Maximum != nil
	case ProfileRWLock:
		return condition == "sleep" && p.RWLock.Waiting != "spin"
	case ProfileOneToOne:
		return p.OneToOne.promises(condition)
	case ProfileMany:
		return p.Many.promises(condition)
	case ProfileMailbox:
		return p.Mailbox.promises(condition)
	case ProfileLink:
		return p.Link.promises(condition)
	case ProfileNetwork:
		return condition == "mailbox" && p.Mailbox != nil || condition == "link" && p.Link != nil
	case ProfileCooperation, ProfilePerformance:
		return condition == "words" && p.Region != nil && p.Word != nil
	case ProfileProgram:
		return c.programsPromise(condition)
	}
	return false
}

// Says reports whether the claims of a profile meet a condition by a word of their
// own, and not by a default.
func (c *Claims) Says(profile, condition string) bool {
	return c.Promises(profile, condition) && (condition != "sleep" || c.waiting(profile) == "sleep")
}

// waiting is what the claims of a profile say of how processes wait; "" is nothing.
func (c *Claims) waiting(profile string) string {
	p := &c.Profiles
	switch profile {
	case ProfileLock:
		return p.Lock.Waiting
	case ProfileSemaphore:
		return p.Semaphore.Waiting
	case ProfileRWLock:
		return p.RWLock.Waiting
	case ProfileOneToOne:
		return p.OneToOne.Waiting
	case ProfileMany:
		return p.Many.Waiting
	case ProfileMailbox:
		return p.Mailbox.Waiting
	case ProfileLink:
		return p.Link.Waiting
	}
	return ""
}

func (b *BufferProfile) promises(condition string) bool {
	switch condition {
	case "close":
		return b.Close
	case "cancel":
		return b.Cancel
	case "sleep":
		return b.Waiting != "spin"
	}
	return false
}

func (m *MailboxProfile) promises(condition string) bool {
	switch condition {
	case "close":
		return m.Close
	case "cancel":
		return m.Cancel
	case "sleep":
		return m.Waiting != "spin"
	case "capacity":
		return true // every mailbox claims one
	case "zero":
		return m.rendezvous()
	case "unbounded":
		return m.Unbounded
	case "priority":
		return m.Order == "priority"
	case "at-least-once":
		return m.Delivery == "at-least-once"
	}
	return false
}

// rendezvous reports whether a mailbox of capacity 0 can be asked for.
func (m *MailboxProfile) rendezvous() bool {
	return m.Capacity.Items != nil && m.Capacity.Items.Min == 0
}

func (l *LinkProfile) promises(condition string) bool {
	switch condition {
	case "cancel":
		return l.Cancel
	case "messages":
		return l.Framing != FramingStream
	case "sleep":
		return l.Waiting != "spin"
	case "buffering":
		return l.Buffering > 0
	}
	return false
}

func (c *Claims) programsPromise(condition string) bool {
	p := c.Programs
	switch condition {
	case "build":
		return c.Build != ""
	case "mechanism":
		return len(p.Mechanism.Require)+len(p.Mechanism.Forbid) > 0
	case "items":
		return p.TakesItems()
	case "capacity":
		return p.TakesItems() && p.Capacity > 0
	case "apart":
		return p.Roles.Consumer.StartedBy != "producer"
	}
	return false
}

// TakesItems reports whether the kit can choose how many items a run moves.
func (p *Programs) TakesItems() bool {
	for _, text := range []string{p.Roles.Producer.Command, p.Roles.Producer.Stdin} {
		if strings.Contains(text, "{items}") || strings.Contains(text, "{file}") {
			return true
		}
	}
	return false
}
