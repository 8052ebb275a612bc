//go:build !amd64

package world

// olderSyscallNames are calls that later architectures left out: there are none.
var olderSyscallNames map[int]string
