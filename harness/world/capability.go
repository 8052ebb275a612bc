package world

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/message"
	"github.com/ipckit/ipckit/harness/world/proc"
)

var probed struct {
	sync.Mutex
	done bool
	Capabilities
}

// Probe finds out what this host allows by trying it, in part in a world of its
// own: neither being root nor a kernel's version says. The answer is kept for the
// life of the process, unless no world could be made. Like New it needs Hold to
// be dispatched.
func Probe(ctx context.Context) Capabilities {
	probed.Lock()
	defer probed.Unlock()
	if probed.done {
		return probed.Capabilities
	}
	items := slices.Clone(namespaceItems())
	// What the trial world shows replaces what single clones showed: where one of
	// the namespaces is refused, or of no use, worlds have none.
	trial, err := New(ctx, Options{})
	if err != nil {
		items = append(items, Capability{Name: OwnShm, Reason: "no world can be made: " + err.Error()})
	} else {
		for _, item := range trial.Capabilities().Items {
			items = slices.DeleteFunc(items, func(i Capability) bool { return i.Name == item.Name })
			items = append(items, item)
		}
		err = trial.Close()
	}
	for _, name := range []string{OwnDev, OwnShm, OwnQueues, OwnProc, OwnTmp} {
		if ok := slices.ContainsFunc(items, func(i Capability) bool { return i.Name == name }); !ok {
			items = append(items, Capability{Name: name, Reason: "there is no mount namespace to have it in"})
		}
	}
	items = append(items, ptraceItem(), message.Try(Pidfd, tryPidfd()), processorsItem(), queuesItem())
	probed.Capabilities = Capabilities{Items: items}
	probed.done = err == nil
	return probed.Capabilities
}

// ptraceItem shows whether the kit may trace, and look into, the processes of a
// world: its own descendants.
func ptraceItem() Capability {
	runtime.LockOSThread() // the child's tracer would be this thread
	defer runtime.UnlockOSThread()
	if err := tryClone(&syscall.SysProcAttr{Ptrace: true}); err != nil {
		return Capability{Name: Ptrace, Reason: (&refused{"PTRACE_TRACEME", err}).Error()}
	}
	// Yama: 1 allows descendants, 2 takes CAP_SYS_PTRACE, 3 allows none.
	scope := proc.Sysctl("kernel/yama/ptrace_scope")
	if scope == "3" || scope == "2" && proc.MissingCapabilities(unix.CAP_SYS_PTRACE) != "" {
		return Capability{Name: Ptrace, Reason: "/proc/sys/kernel/yama/ptrace_scope is " + scope}
	}
	if missing := proc.MissingCapabilities(unix.CAP_SYS_PTRACE); missing != "" && os.Geteuid() == 0 {
		return Capability{Name: Ptrace, Reason: "root lacks " + missing + ", so processes of another user cannot be looked into"}
	}
	return Capability{Name: Ptrace, OK: true}
}

func tryPidfd() error {
	fd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return fmt.Errorf("pidfd_open: %w (Linux 5.3 has it)", err)
	}
	return unix.Close(fd)
}

func processorsItem() Capability {
	n := runtime.NumCPU()
	item := Capability{Name: Processors, OK: n >= 2, Reason: fmt.Sprintf("%d processors", n)}
	if n < 2 {
		item.Reason = "this process may run on 1 processor only, where processes never run at the same time"
	}
	return item
}

// queuesItem shows the limits on POSIX message queues. They hold for the world's
// processes whatever user the kit is: going beyond takes CAP_SYS_RESOURCE, and beyond
// its maximum mq_open gives EINVAL.
func queuesItem() Capability {
	var limits []string
	for _, name := range []string{"queues_max", "msg_max", "msgsize_max"} {
		value := proc.Sysctl("fs/mqueue/" + name)
		if value == "" {
			return Capability{Name: QueueLimits, Reason: "/proc/sys/fs/mqueue is not there: the kernel has no POSIX message queues"}
		}
		limits = append(limits, name+" "+value)
	}
	return Capability{Name: QueueLimits, OK: true, Reason: strings.Join(limits, ", ")}
}
