package host

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// Channels are where the kit's commands come from and where replies go. What
// the subject prints, and what it executes, reaches neither.
func Channels() (in, out *os.File, err error) {
	if os.Getenv(protocol.ControlVariable) != "stdio" {
		for fd := 3; fd <= 4; fd++ {
			if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, unix.FD_CLOEXEC); err != nil {
				return nil, nil, errors.New("descriptors 3 and 4 are not open: this process is an agent, which ipckit starts with pipes there")
			}
		}
		return os.NewFile(3, "commands"), os.NewFile(4, "replies"), nil
	}
	var fds [2]int
	for i := range fds {
		if fds[i], err = unix.FcntlInt(uintptr(i), unix.F_DUPFD_CLOEXEC, 3); err != nil {
			return nil, nil, os.NewSyscallError("fcntl", err)
		}
	}
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, nil, err
	}
	defer null.Close()
	if err := errors.Join(unix.Dup3(int(null.Fd()), 0, 0), unix.Dup3(2, 1, 0)); err != nil {
		return nil, nil, os.NewSyscallError("dup3", err)
	}
	return os.NewFile(uintptr(fds[0]), "commands"), os.NewFile(uintptr(fds[1]), "replies"), nil
}

// report answers hello and status.
func (h *host) report(r protocol.Request) (protocol.Reply, error) {
	if r.Op == protocol.OpHello {
		h.markers.Store(r.Markers)
		claims, version := h.subject.Claims, protocol.Version
		language := claims.Language
		if language == "" {
			language = "Go"
		}
		return protocol.Reply{
			Protocol: &version, Thread: &h.thread,
			Subject: claims.Subject, Version: claims.Version, Language: language,
			Cancel: cancels(claims.Profiles), Overwrites: true, Interrupts: h.interrupts, Records: true, Measures: true,
		}, nil
	}
	reply := protocol.Reply{State: protocol.Idle, Finished: new(h.finished.Load())}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.busy.Op != "" {
		reply.State, reply.Busy = protocol.Busy, h.busy.Op
	}
	return reply, nil
}

// cancels reports whether the subject claims that operations can be cancelled.
func cancels(p subject.Profiles) bool {
	return p.OneToOne != nil && p.OneToOne.Cancel || p.Many != nil && p.Many.Cancel || p.Mailbox != nil && p.Mailbox.Cancel || p.Link != nil && p.Link.Cancel
}

// cancel ends the operation under way, if there is one.
func (h *host) cancel(protocol.Request) (protocol.Reply, error) {
	h.mu.Lock()
	busy := h.busy
	h.mu.Unlock()
	if busy.Op == "" {
		return protocol.Reply{}, nil
	}
	object, _ := h.object(busy.Object)
	if q, ok := object.(*queue); ok {
		object = q.object
	}
	c, ok := object.(subject.Canceler)
	if !ok {
		return protocol.Reply{}, &protocol.Unsupported{Operation: "cancel of " + busy.Op}
	}
	return protocol.Reply{}, c.Cancel()
}
