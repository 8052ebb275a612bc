package mechanism

import "golang.org/x/sys/unix"

const nativeArch = unix.AUDIT_ARCH_X86_64

// older adds the calls that newer architectures have only in a wider form.
func older(calls map[uint64]recogniser) map[uint64]recogniser {
	calls[unix.SYS_OPEN] = pathed(0, func(t *tracer, c *call) { t.opened(c, c.args[1]) })
	calls[unix.SYS_CREAT] = pathed(0, func(t *tracer, c *call) { t.opened(c, unix.O_WRONLY) })
	calls[unix.SYS_UNLINK] = pathed(0, (*tracer).unlinked)
	calls[unix.SYS_LINK] = pathed(1, linked(0))
	calls[unix.SYS_RENAME] = pathed(1, linked(0))
	calls[unix.SYS_RENAMEAT] = pathed(3, linked(1))
	calls[unix.SYS_MKNOD] = pathed(0, func(t *tracer, c *call) { t.nodeMade(c, c.args[1]) })
	calls[unix.SYS_PIPE] = named("pipe")
	calls[unix.SYS_EVENTFD] = named("eventfd")
	return calls
}
