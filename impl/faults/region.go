package faults

import "github.com/ipckit/ipckit/impl/faults/region"

func regionFaults() []Fault {
	return []Fault{
		{ID: "region-through-a-file", Text: "reads and writes the file instead of mapping it", Requirement: "REG-MAPPED", Verdict: "fail", At: "no shared mapping", Base: inRegion(region.ThroughAFile)},
		{ID: "region-beside-a-page", Text: "maps one page for its own administration, and reads and writes the file", Requirement: "REG-MAPPED", Verdict: "fail", At: "the rest goes through a file", Base: inRegion(region.BesideAPage)},
		{ID: "region-private-last-page", Text: "maps the last page privately", Requirement: "REG-VISIBLE", Verdict: "fail", At: "what the creator wrote", Base: inRegion(region.PrivateLastPage)},
		{ID: "region-one-way", Text: "an opener maps the region copy-on-write", Requirement: "REG-BOTHWAYS", Verdict: "fail", At: "opener wrote", Base: inRegion(region.OneWay)},
		{ID: "region-not-zeroed", Text: "a name that is used again keeps its old file", Requirement: "REG-ZEROED", Verdict: "fail", At: "zero bytes", Base: inRegion(region.NotZeroed)},
		{ID: "region-size-in-pages", Text: "an opener rounds the size up to whole pages of 8 KiB", Requirement: "REG-SIZE", Verdict: "fail", At: "the opener", Base: inRegion(region.SizeInPages)},
		{ID: "region-size-unchecked", Text: "a size of zero makes an empty region", Requirement: "REG-BADSIZE", Verdict: "fail", At: "was created", Base: inRegion(region.SizeUnchecked)},
		{ID: "region-name-left-by-refusal", Text: "checks the size after it has made the name", Requirement: "REG-BADSIZE", Verdict: "fail", At: "must not stay behind", Base: inRegion(region.NameLeftByRefusal)},
		{ID: "region-create-truncates", Text: "creates without O_EXCL and truncates", Requirement: "REG-EXISTS", Verdict: "fail", At: "creating a name that exists", Base: inRegion(region.CreateTruncates)},
		{ID: "region-open-creates", Text: "opens with O_CREAT", Requirement: "REG-MISSING", Verdict: "fail", At: "no process created", Base: inRegion(region.OpenCreates)},
		{ID: "region-open-truncates", Text: "open calls ftruncate with a size of its own", Requirement: "REG-NORESIZE", Verdict: "fail", At: "before it was opened", Base: inRegion(region.OpenTruncates)},
		{ID: "region-open-initialises", Text: "open clears the region's first bytes", Requirement: "REG-NORESIZE", Verdict: "fail", At: "before another process opened it", Base: inRegion(region.OpenInitialises)},
		{ID: "region-unlink-forgotten", Text: "unlink does nothing", Requirement: "REG-UNLINK", Verdict: "fail", At: "opening the unlinked name", Base: inRegion(region.UnlinkForgotten)},
		{ID: "region-reuse-revives", Text: "unlink hides the region, and create brings it back", Requirement: "REG-REUSE", Verdict: "fail", At: "the new region", Base: inRegion(region.ReuseRevives)},
		{ID: "region-cached-by-name", Text: "remembers by name which regions the process has mapped, also after unlink", Requirement: "REG-REUSE", Verdict: "fail", At: "in a process that has the old one mapped", Base: inRegion(region.CachedByName)},
		{ID: "region-lives-in-creator", Text: "the memory is reached through the creator's /proc/PID/fd", Requirement: "REG-OUTLIVE", Verdict: "fail", At: "reading", Base: inRegion(region.LivesInCreator)},
		{ID: "region-taken-from-the-living", Text: "create clears and reuses a region whose creator is dead, even if other processes are attached", Requirement: "REG-OUTLIVE", Verdict: "fail", At: "after another process asked", Base: inRegion(region.TakenFromTheLiving)},
		{ID: "region-names-cut", Text: "maps all names to four files", Requirement: "REG-NOALIAS", Verdict: "fail", At: "the region", Base: inRegion(region.NamesCut)},
		{ID: "region-names-in-lower-case", Text: "converts names to lower case", Requirement: "REG-NOALIAS", Verdict: "fail", At: "A must succeed", Base: inRegion(region.NamesInLowerCase)},
		{ID: "region-maps-everything", Text: "every process maps all regions that exist", Requirement: "REG-INDEPENDENT", Verdict: "fail", At: "opened nothing", Base: inRegion(region.MapsEverything)},
		{ID: "region-name-escapes", Text: "joins the name to a directory without checking it", Requirement: "REG-NAMES", Verdict: "fail", At: "left the name space", Base: inRegion(region.NameEscapes)},
		{ID: "region-name-checked-at-creation", Text: "checks names only in create, and joins them to a directory elsewhere", Requirement: "REG-NAMES", Verdict: "fail", At: "left the name space", Base: inRegion(region.NameCheckedAtCreation)},
		{ID: "region-long-names-cut", Text: "cuts names to 200 characters", Requirement: "REG-NAMES", Verdict: "fail", At: "cut to the same", Base: inRegion(region.LongNamesCut)},
		{ID: "region-visitor-unlinks", Text: "open unlinks the name, to tidy up", Requirement: "REG-VISITOR", Verdict: "fail", At: "after a visitor ended", Base: inRegion(region.OpenerUnlinks)},
		{ID: "region-mapping-leaks", Text: "detach forgets munmap", Requirement: "REG-NOLEAK", Verdict: "fail", At: "shared mappings", Base: inRegion(region.MappingLeaks)},
		{ID: "region-descriptor-leaks", Text: "open forgets to close the descriptor", Requirement: "REG-NOLEAK", Verdict: "fail", At: "descriptors", Base: inRegion(region.DescriptorLeaks)},
		{ID: "region-syncs-each-write", Text: "calls msync after each write, to be safe", Requirement: "REG-NOSYSCALL", Verdict: "fail", At: "msync", Base: inRegion(region.SyncsEachWrite)},
		{ID: "region-asks-for-pid", Text: "calls getpid at each read, to notice a fork", Requirement: "REG-NOSYSCALL", Verdict: "fail", At: "getpid", Base: inRegion(region.AsksForPid)},
		{ID: "region-visible-before-sized", Text: "the name is visible before the size is set", Requirement: "REG-EARLYOPEN", Verdict: "fail", At: "at its creation", Base: inRegion(region.VisibleBeforeSized)},
		{ID: "region-stampede", Text: "looks whether the name exists, then creates it", Requirement: "REG-STAMPEDE", Verdict: "fail", At: "it must succeed in one", Base: inRegion(region.Stampede)},
		{ID: "region-bounds-unchecked", Text: "the accessor checks the offset, not the end", Requirement: "REG-BOUNDS", Verdict: "crash", At: "in region.write", Base: inRegion(region.BoundsUnchecked)},
		{ID: "region-read-only-writable", Text: "ignores the request for read-only access", Requirement: "REG-READONLY", Verdict: "fail", At: "read-only handle", Base: inRegion(region.ReadOnlyWritable)},
		{ID: "region-for-everyone", Text: "creates with mode 0666 regardless of the umask", Requirement: "REG-PRIVATE", Verdict: "fail", At: "another user", Base: inRegion(region.ForEveryone)},
		{ID: "region-stale-blocks", Text: "a name whose creator died can neither be created, opened nor removed", Requirement: "REG-STALE", Verdict: "fail", At: "what is left", Base: inRegion(region.StaleBlocks)},
		{ID: "region-stale-head-cleared", Text: "create reuses a dead creator's region and clears only its first bytes", Requirement: "REG-STALE", Verdict: "fail", At: "zero bytes", Base: inRegion(region.StaleHeadCleared)},
	}
}

func wordFaults() []Fault {
	return []Fault{
		{ID: "word-in-halves", Text: "stores 64 bits as two halves", Requirement: "WORD-NOTEAR", Verdict: "fail", At: "parts of two words", Base: inRegion(region.WordInHalves)},
		{ID: "word-add-in-two", Text: "loads, adds and stores: counter++", Requirement: "WORD-ADD", Verdict: "fail", At: "had got too", Base: inRegion(region.AddInTwo)},
		{ID: "word-swap-in-two", Text: "compares, then stores", Requirement: "WORD-CAS", Verdict: "fail", At: "had got too", Base: inRegion(region.SwapInTwo)},
		{ID: "word-flag-before-data", Text: "the compiler moves the data across the store of the flag", Requirement: "WORD-PUBLISH", Verdict: "fail", At: "data written before it", Base: inRegion(region.FlagBeforeData)},
		{ID: "word-stored-late", Text: "a store returns before it can be seen", Requirement: "WORD-REGISTER", Verdict: "fail", At: "had returned", Base: inRegion(region.StoredLate)},
		{ID: "word-load-overtakes", Text: "a store takes effect after the load that follows it", Requirement: "WORD-DEKKER", Verdict: "fail", At: "neither saw the other", Base: inRegion(region.LoadOvertakes)},
	}
}
