package world

import (
	"os"
	"time"
)

// A Command is a process to start.
type Command struct {
	Name string   // role, for messages: "producer"
	Path string   // reexec.Self means the kit's own binary, whatever the user may traverse
	Args []string // including argv[0]
	Env  []string // complete, but for IPCKIT_WORLD and TMPDIR, which are added where they are missing
	Dir  string   // working directory; "" means the world's

	Files  []*os.File // descriptors 3, 4, …; a nil entry is closed in the child
	Stdin  *os.File   // nil means /dev/null; so do the next two
	Stdout *os.File
	Stderr *os.File

	Far bool // on the far host, of a world with two

	User int // a uid where the kit may change it; 0 or -1 means the world's, KitUser the kit's own

	// Slack is how late the kernel may end the sleeps of the process's threads, so
	// that it wakes them less often: see PR_SET_TIMERSLACK of prctl(2). 0 leaves it.
	Slack time.Duration

	// OutputLimit is the most bytes that Stdout and Stderr together may grow to
	// when they are regular files; then the process is killed, Exit.Cause says
	// so and the files are cut to it. 0 means unlimited. It is sampled every
	// few milliseconds, so more may be written for a moment.
	OutputLimit int64
}
