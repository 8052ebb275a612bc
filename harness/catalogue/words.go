package catalogue

// families lists every family with the model it belongs to, in the order in
// which catalogues and reports show them.
var families = []struct{ id, model string }{
	{"REG", "shared-memory"},
	{"WORD", "shared-memory"},
	{"LOCK", "shared-memory"},
	{"SEM", "shared-memory"},
	{"RW", "shared-memory"},
	{"SNAP", "shared-memory"},
	{"BUF", "shared-memory"},
	{"BOX", "message-passing"},
	{"LINK", "message-passing"},
	{"SYNC", "message-passing"},
	{"CAP", "message-passing"},
	{"NET", "message-passing"},
	{"TOP", "application"},
	{"MED", "application"},
	{"PLUG", "application"},
	{"CRASH", "application"},
	{"SBX", "application"},
	{"COOP", "co-operation"},
	{"PERF", "performance"},
	{"PROG", "programs"},
}

// Models lists what families are about, in catalogue order.
var Models = []string{"shared-memory", "message-passing", "application", "co-operation", "performance", "programs"}

// Levels lists every level.
var Levels = []Level{Core, Extended, Claim}

// Kinds lists every kind of check.
var Kinds = []Kind{Behaviour, Stress, Race, Fault, Performance}

// Profiles lists every profile that a requirement can belong to. Profiles
// program and performance are not claimed by name: a claims file that describes
// programs claims the one, one that makes measured promises the other.
var Profiles = []string{
	"region", "word", "lock", "semaphore", "rwlock", "snapshot",
	"buffer.one-to-one", "buffer.many",
	"mailbox", "link", "network",
	"application", "cooperation", "performance", "program",
}
