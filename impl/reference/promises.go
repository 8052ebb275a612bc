package reference

import "github.com/ipckit/ipckit/harness/subject"

// promises are what the reference says of its speed, with a margin to what was
// measured. They are the textbook's comparison of the two models (Operating System
// Concepts, 10th ed., §3.4): shared memory makes system calls only to establish it,
// and is then faster than messages through the kernel. From which size on depends on
// the two that are compared; here it is the smallest already. That messages are
// simpler to use for little data is not measured.
func promises() []subject.Performance {
	const buffer = subject.ProfileOneToOne
	return []subject.Performance{
		{Requirement: "PERF-SYSCALLS", Of: buffer, AtMost: 0.0001, Unit: "calls/message"},
		{Requirement: "PERF-SYSCALLS", Of: subject.ProfileWord, AtMost: 0.0001, Unit: "calls/message"},
		{Requirement: "PERF-IDLE", Of: buffer, AtMost: 10_000, Unit: "us/s"},
		{Requirement: "PERF-MEMORY", Of: buffer, AtMost: 64 << 10, Unit: "bytes/object"},
		{Requirement: "PERF-LATENCY", Of: buffer, Size: 64, AtLeast: 20, Against: "unix-seqpacket"},
		{Requirement: "PERF-THROUGHPUT", Of: buffer, Size: 64, AtLeast: 5, Against: "pipe"},
		{Requirement: "PERF-SIZES", Of: buffer, From: 8, AtLeast: 1.2, Against: "unix-seqpacket"},
		{Requirement: "PERF-THROUGHPUT", Of: subject.ProfileLink, Size: 64 << 10, AtLeast: 0.8, Against: "unix-seqpacket"},
		{Requirement: "COOP-SPEEDUP", AtLeast: 0.6, Against: "serial"},
	}
}
