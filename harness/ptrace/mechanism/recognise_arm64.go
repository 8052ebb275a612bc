package mechanism

import "golang.org/x/sys/unix"

const nativeArch = unix.AUDIT_ARCH_AARCH64

// older adds the one call that has a wider form since.
func older(calls map[uint64]recogniser) map[uint64]recogniser {
	calls[unix.SYS_RENAMEAT] = pathed(3, linked(1))
	return calls
}
