package mechanism

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// recogniser says what a system call means.
type recogniser struct {
	path    int  // argument that is a string to be read at entry; -1: none
	attempt bool // also counts when it failed
	only    bool // is of interest only when it failed
	length  int  // argument that is a length; 0: none
	seen    func(t *tracer, c *call)
}

// named recognises a call that is used under its own name.
func named(name string) recogniser {
	return recogniser{path: -1, seen: func(t *tracer, c *call) { t.report(c.pid, name, "") }}
}

// on recognises a call on an object whose identifier is the first argument.
func on(name string) recogniser {
	return recogniser{path: -1, seen: func(t *tracer, c *call) {
		t.report(c.pid, name, fmt.Sprintf("id %d", int32(c.args[0])))
	}}
}

// attempted is a call that may sleep: being interrupted or timed out is use.
func attempted(r recogniser) recogniser {
	r.attempt = true
	return r
}

// sized is a call whose third argument is a length.
func sized(r recogniser) recogniser {
	r.length = 2
	return r
}

// keyed recognises the creation of a System V object by its key.
func keyed(name string) recogniser {
	return recogniser{path: -1, seen: func(t *tracer, c *call) {
		key := fmt.Sprintf("key %#x", uint32(c.args[0]))
		if c.args[0] == unix.IPC_PRIVATE {
			key = "IPC_PRIVATE"
		}
		t.report(c.pid, name, key)
	}}
}

// pathed recognises a call with a path in the given argument.
func pathed(argument int, seen func(t *tracer, c *call)) recogniser {
	return recogniser{path: argument, seen: seen}
}

// queued recognises a call of POSIX message queues, whose names come without
// their slash.
func queued(name string) recogniser {
	return pathed(0, func(t *tracer, c *call) { t.report(c.pid, name, "/"+c.object) })
}

// queueUse recognises a call on an open POSIX message queue.
func queueUse(name string) recogniser {
	return recogniser{path: -1, length: 2, attempt: true, seen: func(t *tracer, c *call) {
		t.report(c.pid, name, fileBehind(c.pid, c.args[0]))
	}}
}

// moves recognises a call that moves bytes through an open file, of which only its
// failure is of interest: every program reads and writes.
func moves(name string) recogniser {
	return recogniser{path: -1, length: 2, only: true, seen: func(t *tracer, c *call) { t.report(c.pid, name, fileBehind(c.pid, c.args[0])) }}
}

// recognised are the calls that are the same everywhere. Each architecture adds
// the old ones that it still has.
var recognised = older(map[uint64]recogniser{
	unix.SYS_OPENAT:    pathed(1, func(t *tracer, c *call) { t.opened(c, c.args[2]) }),
	unix.SYS_UNLINKAT:  pathed(1, (*tracer).unlinked),
	unix.SYS_LINKAT:    pathed(3, linked(1)),
	unix.SYS_RENAMEAT2: pathed(3, linked(1)),
	unix.SYS_MKNODAT:   pathed(1, func(t *tracer, c *call) { t.nodeMade(c, c.args[2]) }),

	unix.SYS_MMAP:         {path: -1, seen: (*tracer).mapped},
	unix.SYS_FTRUNCATE:    {path: -1, seen: (*tracer).sized},
	unix.SYS_FALLOCATE:    {path: -1, seen: (*tracer).sized},
	unix.SYS_MEMFD_CREATE: pathed(0, func(t *tracer, c *call) { t.report(c.pid, "memfd_create", c.object) }),

	unix.SYS_SHMGET: keyed("shmget"), unix.SYS_SHMAT: on("shmat"), unix.SYS_SHMDT: named("shmdt"), unix.SYS_SHMCTL: on("shmctl"),
	unix.SYS_SEMGET: keyed("semget"), unix.SYS_SEMCTL: on("semctl"),
	unix.SYS_SEMOP: attempted(on("semop")), unix.SYS_SEMTIMEDOP: attempted(on("semop")),
	unix.SYS_MSGGET: keyed("msgget"), unix.SYS_MSGCTL: on("msgctl"),
	unix.SYS_MSGSND: attempted(sized(on("msgsnd"))), unix.SYS_MSGRCV: attempted(sized(on("msgrcv"))),

	unix.SYS_MQ_OPEN: queued("mq_open"), unix.SYS_MQ_UNLINK: queued("mq_unlink"),
	unix.SYS_MQ_TIMEDSEND: queueUse("mq_send"), unix.SYS_MQ_TIMEDRECEIVE: queueUse("mq_receive"),
	unix.SYS_MQ_NOTIFY: queueUse("mq_notify"),

	unix.SYS_READ: moves("read"), unix.SYS_WRITE: moves("write"), unix.SYS_SENDTO: moves("send"), unix.SYS_RECVFROM: moves("recv"),
	unix.SYS_SENDMSG: moves("sendmsg"), unix.SYS_RECVMSG: moves("recvmsg"),

	unix.SYS_PIPE2: named("pipe"), unix.SYS_EVENTFD2: named("eventfd"),
	unix.SYS_SOCKET: {path: -1, seen: socketMade("socket")}, unix.SYS_SOCKETPAIR: {path: -1, seen: socketMade("socketpair")},
	unix.SYS_BIND: {path: -1, seen: addressed("bind")}, unix.SYS_CONNECT: {path: -1, attempt: true, seen: addressed("connect")},
	unix.SYS_LISTEN: named("listen"), unix.SYS_ACCEPT: named("accept"), unix.SYS_ACCEPT4: named("accept"),
	unix.SYS_PROCESS_VM_READV: named("process_vm_readv"), unix.SYS_PROCESS_VM_WRITEV: named("process_vm_writev"),

	unix.SYS_FUTEX:           {path: -1, attempt: true, seen: (*tracer).futex},
	unix.SYS_SCHED_YIELD:     named("sched_yield"),
	unix.SYS_NANOSLEEP:       attempted(named("sleep")),
	unix.SYS_CLOCK_NANOSLEEP: attempted(named("sleep")),
	unix.SYS_RT_SIGACTION:    {path: -1, seen: (*tracer).handler},
	unix.SYS_KILL:            {path: -1, seen: signalled("kill")},
	unix.SYS_TKILL:           {path: -1, seen: signalled("kill")},
	unix.SYS_TGKILL:          {path: -1, seen: signalled("kill")},
	unix.SYS_RT_SIGQUEUEINFO: {path: -1, seen: signalled("sigqueue")},
	unix.SYS_FLOCK:           {path: -1, attempt: true, seen: func(t *tracer, c *call) { t.report(c.pid, "flock", fileBehind(c.pid, c.args[0])) }},
	unix.SYS_FCNTL:           {path: -1, attempt: true, seen: (*tracer).recordLock},
})
