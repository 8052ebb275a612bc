package broker

// A Fault is a mistake in a mailbox with a broker.
type Fault int

const (
	None Fault = iota // correct
	TableOf256
	RetriesWhenGone
	OwnerForgotten
	HandOverOnlySaid
	PriorityIgnored
	SignedByHand
	InHalves
	Redelivers
	LosesInHand
	SendDoesNotWait
	CancelledStillQueued
	HiddenSlot
	UnboundedIsLarge
)
