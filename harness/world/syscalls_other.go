//go:build !amd64 && !arm64

package world

// syscallNames are the system calls that this architecture numbers in its own
// way: not known here.
var syscallNames map[int]string
