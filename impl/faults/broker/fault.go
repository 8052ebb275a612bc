package broker

// A Fault is one that the package can have.
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
	SendDoesNotWait
	CancelledStillQueued
	HiddenSlot
	UnboundedIsLarge
)
