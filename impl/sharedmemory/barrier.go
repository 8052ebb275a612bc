package sharedmemory

import (
	"sync"

	"golang.org/x/sys/unix"
)

// Commands of membarrier(2), Linux 4.16.
const (
	membarrierGlobalExpedited         = 1 << 1
	membarrierRegisterGlobalExpedited = 1 << 2
)

// asymmetric reports whether a barrier of this process can stand in for barriers
// of the others, and registers this process for the barriers of others.
//
// The handshake before sleeping is Dekker's: the sleeper raises a flag and looks
// for an item, the publisher puts an item and looks for the flag; one of them
// must see the other. That takes a store–load barrier on both sides. As sleeping
// is rare and publishing is not, the sleeper runs both barriers by
// membarrier(2), and publishing has none (Dice, Huang, Yang, Asymmetric Dekker
// Synchronization, 2001; as in liburcu).
var asymmetric = sync.OnceValue(func() bool {
	if !storesPassLoads {
		return true
	}
	return membarrier(membarrierRegisterGlobalExpedited) && membarrier(membarrierGlobalExpedited)
})

// barrierEverywhere makes every thread of every process that called asymmetric
// execute a full memory barrier between the call and its return. Without
// membarrier it does nothing, and the publishers run barriers of their own (see
// noticeFence).
func barrierEverywhere() {
	if storesPassLoads && asymmetric() {
		membarrier(membarrierGlobalExpedited)
	}
}

func membarrier(command uintptr) bool {
	_, _, errno := unix.RawSyscall(unix.SYS_MEMBARRIER, command, 0, 0)
	return errno == 0
}
