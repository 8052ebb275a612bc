package faults

import (
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/faults/pace"
	"github.com/ipckit/ipckit/impl/faults/ring"
)

// Pace is the id of the buffer without a fault of which performanceFaults are mutants:
// the baseline that they fall behind.
const Pace = "pace"

// PaceTwin is the id of the buffer that stalls, and less often than it promises of its
// 99.9th percentile.
const PaceTwin = "pace-stalls-rarely"

// performanceFaults make a buffer slower, larger or restless. Each promises what the
// buffer without a fault keeps, and is caught where that is measured.
func performanceFaults() []Fault {
	of := func(f pace.Fault, p subject.Performance) Base {
		if p.Unit == "" {
			p.Against = "mutant:" + Pace
		}
		return Base{make: func() subject.Subject { return paced(f, p) }}.at("pace")
	}
	return []Fault{
		{ID: "pace-copies-twice", Kind: performance, Text: "copies each item by way of a buffer of its own, on both sides", Requirement: "PERF-LATENCY", Verdict: "fail", At: "times as good",
			Base: of(pace.CopiesTwice, subject.Performance{Requirement: "PERF-LATENCY", Size: 64 << 10, AtLeast: 0.95})},
		{ID: "pace-shares-a-line", Kind: performance, Text: "keeps the indices and counters of both sides in one cache line", Requirement: "PERF-THROUGHPUT", Verdict: "fail", At: "times as good",
			Base: of(pace.SharesALine, subject.Performance{Requirement: "PERF-THROUGHPUT", Size: 8, AtLeast: 1})},
		{ID: "pace-slows-by-size", Kind: performance, Text: "looks at each byte of an item", Requirement: "PERF-SIZES", Verdict: "fail", At: "times as good",
			Base: of(pace.SlowsBySize, subject.Performance{Requirement: "PERF-SIZES", From: 4096, AtLeast: 0.9})},
		{ID: "pace-calls-each", Kind: performance, Text: "makes a system call an operation", Requirement: "PERF-SYSCALLS", Verdict: "fail", At: "getppid",
			Base: of(pace.CallsEach, subject.Performance{Requirement: "PERF-SYSCALLS", AtMost: 0.5, Unit: "calls/message"})},
		{ID: "pace-polls-idle", Kind: performance, Text: "wakes itself 5,000 times a second while it waits", Requirement: "PERF-IDLE", Verdict: "fail", At: "us/s",
			Base: of(pace.PollsIdle, subject.Performance{Requirement: "PERF-IDLE", AtMost: 2000, Unit: "us/s"})},
		{ID: "pace-pages-each", Kind: performance, Text: "takes 64 KiB more for each object", Requirement: "PERF-MEMORY", Verdict: "fail", At: "bytes",
			Base: of(pace.PagesEach, subject.Performance{Requirement: "PERF-MEMORY", AtMost: 1.5})},
		{ID: "pace-stalls", Kind: performance, Text: "stalls for 3 ms in one put of 300", Requirement: "PERF-TAIL", Verdict: "fail", At: "times as good",
			Base: of(pace.StallsOften, subject.Performance{Requirement: "PERF-TAIL", AtLeast: 0.5})},
		{ID: "many-one-lock", Kind: performance, Text: "one lock, by a spinning compare-and-swap, for the producers and consumers of all pairs", Requirement: "PERF-SCALE", Verdict: "fail", At: "times as good",
			Base: Base{make: func() subject.Subject {
				s := many(ring.None)
				s.Claims.Performance = []subject.Performance{{Requirement: "PERF-SCALE", Pairs: 2, AtLeast: 1.5}}
				return s
			}}.at("ring")},
	}
}

// paceTwin promises what pace-stalls does, at a rate at which a stall delays five
// messages: 0.05% of all.
func paceTwin() subject.Subject {
	return paced(pace.StallsRarely, subject.Performance{Requirement: "PERF-TAIL", Rate: 5000, AtLeast: 0.5, Against: "mutant:" + Pace})
}

// paced is a subject of that buffer alone, with what it promises.
func paced(f pace.Fault, promises ...subject.Performance) subject.Subject {
	return subject.Subject{
		Claims: subject.Claims{
			Profiles: subject.Profiles{OneToOne: &subject.BufferProfile{
				Capacity: subject.Capacity{Items: &subject.Range{Min: 1, Max: 64}},
				Item:     subject.Item{Max: 1 << 20}, Waiting: "sleep", Empty: "strict",
			}},
			Performance: promises,
		},
		OneToOne: pace.New(f),
	}
}
