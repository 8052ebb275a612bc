package faults

import "github.com/ipckit/ipckit/impl/faults/snapshot"

func snapshotFaults() []Fault {
	return []Fault{
		{ID: "snap-in-place", Text: "writes over the record while it is being read", Requirement: "SNAP-WHOLE", Verdict: "fail", At: "no publish wrote", Base: inSnapshot(snapshot.InPlace)},
		{ID: "snap-published-late", Text: "publish returns before its record is the current one", Requirement: "SNAP-FRESH", Verdict: "fail", At: "had returned", Base: inSnapshot(snapshot.PublishedLate)},
		{ID: "snap-version-in-8-bits", Text: "keeps the version in 8 bits: after 256 records a reader takes it for the same", Requirement: "SNAP-LONGLIFE", Verdict: "fail", At: "no publish wrote", Base: inSnapshot(snapshot.VersionIn8Bits)},
		{ID: "snap-thread-stays", Text: "a thread that looks for news is not ended by detach", Requirement: "SNAP-NOLEAK", Verdict: "fail", At: "threads", Base: inSnapshot(snapshot.ThreadStays)},
		{ID: "snap-readers-exclude", Text: "readers exclude each other and writers", Requirement: "SNAP-READERS", Verdict: "timeout", At: "did not come back", Base: inSnapshot(snapshot.ReadersExclude)},
		{ID: "snap-odd-for-ever", Text: "readers wait until the writer has finished", Requirement: "SNAP-WRITERDEATH", Verdict: "timeout", At: "did not come back", Base: inSnapshot(snapshot.OddForEver)},
		{ID: "snap-dead-keep-places", Text: "has slots for four processes, and dead processes keep theirs", Requirement: "SNAP-WRITERDEATH", Verdict: "timeout", At: "did not come back", Base: inSnapshot(snapshot.DeadKeepPlaces)},
	}
}
