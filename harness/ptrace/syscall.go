package ptrace

import "strconv"

//go:generate go run generate.go

// SyscallName is the name of a system call by its number on this machine:
// "futex"; "syscall 999" where that is not known.
func SyscallName(number int) string {
	if name, ok := syscallNames[number]; ok {
		return name
	}
	return "syscall " + strconv.Itoa(number)
}
