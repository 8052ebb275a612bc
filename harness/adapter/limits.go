package adapter

import (
	"time"

	"github.com/ipckit/ipckit/harness/world"
)

// limits bound what a subject's directory and its build may use.
type limits struct {
	world.Limits
	output int64 // bytes that the build may print
	bytes  int64 // of all files of a directory that is copied, and of what the build writes
	files  int   // files and directories that are copied
}

// A compiler of a large language fits; a build that loops, floods or forks does
// not.
var defaultLimits = limits{
	Limits: world.Limits{
		Wall:      3 * time.Minute,
		CPU:       2 * time.Minute,
		Memory:    4 << 30,
		Processes: 512,
		OpenFiles: 1024,
		FileSize:  512 << 20,
		ShmSize:   64 << 20,
	},
	output: 8 << 20,
	bytes:  512 << 20,
	files:  20_000,
}
