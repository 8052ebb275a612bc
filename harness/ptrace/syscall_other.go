//go:build !amd64 && !arm64

package ptrace

// syscallNames is empty where generate.go is not asked for the architecture.
var syscallNames map[int]string
