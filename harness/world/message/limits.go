package message

import "time"

// Limits bound what a world may use. Zero means unlimited. All but Wall and
// ShmSize hold for each process by itself, as in getrlimit(2).
type Limits struct {
	Wall      time.Duration // from New; then every process of the world is killed
	CPU       time.Duration // processor time, in whole seconds, rounded up; then SIGXCPU
	Memory    int64         // bytes of private writable memory, touched or not (RLIMIT_DATA): a Go program needs 128 MiB to start
	Processes int           // processes and threads of the world's user (RLIMIT_NPROC); root is exempt
	OpenFiles int           // file descriptors (RLIMIT_NOFILE)
	FileSize  int64         // bytes of any one file, shared memory included (RLIMIT_FSIZE); then SIGXFSZ
	ShmSize   int64         // bytes of the world's own /dev/shm, and as many of its own /tmp; without namespaces it does not hold
}
