//go:build !amd64 && !arm64

package world

// syscallNames are the system calls of this architecture: not known here.
var syscallNames map[int]string
