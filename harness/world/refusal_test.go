package world

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// Hosts that allow less are imitated: the tests run again as a child that gave
// up its user, or that may not call what a container's filter refuses.

// ordinaryVariable is set where the tests run as nobody.
const ordinaryVariable = "IPCKIT_TEST_ORDINARY"

// TestAllAsOrdinaryUser runs all tests under a uid without privileges.
func TestAllAsOrdinaryUser(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("makes a world")
	}
	if os.Getuid() != 0 {
		t.Skip("the tests run as an ordinary user already")
	}
	if missing := proc.MissingCapabilities(unix.CAP_SETUID, unix.CAP_SETGID); missing != "" {
		t.Skip("the kit lacks ", missing)
	}
	exe, err := reexec.Reachable(true)
	if err != nil {
		t.Fatal(err)
	}
	tests := exec.Command(exe, "-test.v", "-test.timeout=5m")
	tests.Dir = "/"
	tests.Env = reexec.Environment(os.Environ(), ordinaryVariable+"=1", "HOME=/")
	tests.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	text, err := tests.CombinedOutput()
	if err != nil {
		t.Fatalf("as uid %d: %v\n%s", nobody, err, text)
	}
	passed := 0
	for line := range strings.Lines(string(text)) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, "--- PASS"):
			passed++
		case strings.HasPrefix(line, "--- SKIP"):
			t.Log(line)
		}
	}
	if passed < 20 {
		t.Errorf("only %d tests passed:\n%s", passed, text)
	}
}

// refusedRole is a test that runs again under a filter of system calls, which is
// its argument.
const refusedRole = "refused"

const filterVariable = "IPCKIT_TEST_FILTER"

// underFilter runs the calling test again, as a process with a filter in force.
// In that process it returns true.
func underFilter(t *testing.T, name string) bool {
	t.Helper()
	if testing.Short() {
		t.Skip("makes a world")
	}
	if reexec.Role() == refusedRole {
		install(t, filters[os.Getenv(filterVariable)])
		return true
	}
	reexec.Anchor(t.Name())
	defer reexec.Anchor("")
	path, args, env := reexec.Args(refusedRole)
	child := &exec.Cmd{Path: path, Args: append(args, "-test.v"), Env: reexec.Environment(os.Environ(), append(env, filterVariable+"="+name)...)}
	text, err := child.CombinedOutput()
	switch {
	case strings.Contains(string(text), "--- SKIP: "+t.Name()):
		t.Skip(string(text))
	case err != nil || !strings.Contains(string(text), "--- PASS: "+t.Name()):
		t.Errorf("%v\n%s", err, text)
	}
	return false
}

// A rule refuses a system call when the bits of a mask, in one of its arguments,
// have a value or, with any, are not all clear.
type rule struct {
	call     uint32
	argument uint32
	mask     uint32
	value    uint32
	any      bool
	errno    unix.Errno
}

const newNamespaces = unix.CLONE_NEWNS | unix.CLONE_NEWIPC | unix.CLONE_NEWPID | unix.CLONE_NEWNET | unix.CLONE_NEWUSER | unix.CLONE_NEWUTS | unix.CLONE_NEWCGROUP

var filters = map[string][]rule{
	// what container engines do
	"namespaces": {
		{call: unix.SYS_UNSHARE, errno: unix.EPERM},
		{call: unix.SYS_SETNS, errno: unix.EPERM},
		{call: unix.SYS_CLONE, mask: newNamespaces, any: true, errno: unix.EPERM},
		{call: unix.SYS_CLONE3, errno: unix.ENOSYS},
	},
	// namespaces without a use
	"mount": {{call: unix.SYS_MOUNT, errno: unix.EPERM}},
	// a message queue file system and /proc are mounted with these flags
	"mqueue and proc": {{call: unix.SYS_MOUNT, argument: 3, mask: ^uint32(0), value: unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC, errno: unix.EPERM}},
	"network": {
		{call: unix.SYS_CLONE, mask: unix.CLONE_NEWNET, any: true, errno: unix.EPERM},
		{call: unix.SYS_CLONE3, errno: unix.ENOSYS},
	},
	// the new /dev is moved into place with these flags
	"dev":     {{call: unix.SYS_MOUNT, argument: 3, mask: unix.MS_MOVE, any: true, errno: unix.EACCES}},
	"ptrace":  {{call: unix.SYS_PTRACE, errno: unix.EPERM}},
	"overlay": {{call: unix.SYS_MOUNT, argument: 3, mask: ^uint32(0), value: unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOATIME, errno: unix.EPERM}},
	// an older kernel
	"pidfd": {
		{call: unix.SYS_PIDFD_OPEN, errno: unix.ENOSYS},
		{call: unix.SYS_PIDFD_SEND_SIGNAL, errno: unix.ENOSYS},
	},
}

// install puts a filter into force for this process and all that it starts.
func install(t *testing.T, rules []rule) {
	t.Helper()
	if len(rules) == 0 {
		t.Fatalf("no filter %q", os.Getenv(filterVariable))
	}
	const load, jumpEqual, jumpSet, and, answer = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K,
		unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	var program []unix.SockFilter
	add := func(code uint16, k uint32, jumpTrue, jumpFalse uint8) {
		program = append(program, unix.SockFilter{Code: code, Jt: jumpTrue, Jf: jumpFalse, K: k})
	}
	for _, r := range rules { // struct seccomp_data: nr at 0, the low half of argument n at 16+8n
		refuse := unix.SECCOMP_RET_ERRNO | uint32(r.errno)
		add(load, 0, 0, 0)
		switch {
		case r.mask == 0:
			add(jumpEqual, r.call, 0, 1)
		case r.any:
			add(jumpEqual, r.call, 0, 3)
			add(load, 16+8*r.argument, 0, 0)
			add(jumpSet, r.mask, 0, 1)
		default:
			add(jumpEqual, r.call, 0, 4)
			add(load, 16+8*r.argument, 0, 0)
			add(and, r.mask, 0, 0)
			add(jumpEqual, r.value, 0, 1)
		}
		add(answer, refuse, 0, 0)
	}
	add(answer, unix.SECCOMP_RET_ALLOW, 0, 0)

	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		t.Fatal(err)
	}
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	odd, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&filter)))
	if errno != 0 {
		t.Fatal("seccomp: ", errno)
	}
	if odd != 0 {
		t.Fatalf("seccomp: thread %d has a filter of its own, so nothing is filtered", odd)
	}
}

func TestRefusedNamespacesGiveTheFallback(t *testing.T) {
	if !underFilter(t, "namespaces") {
		return
	}
	w := newWorld(t, Options{})
	if w.Isolated() {
		t.Fatal("the world has namespaces although a filter refuses them")
	}
	for _, name := range []string{MountNamespace, IPCNamespace, PIDNamespace, NetworkNamespace} {
		if reason := w.Capabilities().Reason(name); !strings.Contains(reason, unix.EPERM.Error()) || !strings.Contains(reason, "seccomp filter") {
			t.Errorf("%s: %q, want the error and that a seccomp filter is in force", name, reason)
		}
	}
	populate(t, w)
	if c := Probe(within(t)); c.Has(MountNamespace) || c.Has(OwnShm) || !c.Has(Pidfd) {
		t.Errorf("Probe: %v", c)
	}
}

func TestUselessNamespacesGiveTheFallback(t *testing.T) {
	if !underFilter(t, "mount") {
		return
	}
	w := newWorld(t, Options{})
	if reason := w.Capabilities().Reason(MountNamespace); w.Isolated() || !strings.Contains(reason, "make mounts private: "+unix.EPERM.Error()) {
		t.Errorf("isolated: %v; %q, want none, and that mounts cannot be made private", w.Isolated(), reason)
	}
	must(t, w, "say", "hello")
}

// filtered makes a world with namespaces, all but one thing of which the filter
// allows.
func filtered(t *testing.T, missing ...string) *World {
	t.Helper()
	w := isolatedWorld(t, Options{})
	var got []string
	for _, item := range w.Capabilities().Missing() {
		got = append(got, item.Name)
		if item.Reason == "" {
			t.Errorf("%s is missing without a reason", item.Name)
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(missing) {
		t.Errorf("missing %v, want %q", w.Capabilities().Missing(), missing)
	}
	return w
}

func TestWorldWithoutItsOwnProc(t *testing.T) {
	if !underFilter(t, "mqueue and proc") {
		return
	}
	w := filtered(t, OwnQueues, OwnProc)
	p, pids := populate(t, w) // found in the host's /proc
	if p.PID() == p.InnerPID() {
		t.Errorf("pid %d inside and outside", p.PID())
	}
	if reason := unseenOf(t, w, Queue); reason == "" {
		t.Error("queues cannot be looked at, but none are unseen")
	}
	if found := leftoversOf(t, w, LiveProcess); len(found) != 4 {
		t.Errorf("%d processes left, want 4: %v", len(found), found)
	}
	if err := w.Clean(); err != nil {
		t.Error(err)
	}
	expectDead(t, pids)
}

func TestWorldWithoutItsOwnNetwork(t *testing.T) {
	if !underFilter(t, "network") {
		return
	}
	must(t, filtered(t, NetworkNamespace), "say", "hello")
}

func TestWorldWithoutItsOwnDev(t *testing.T) {
	if !underFilter(t, "dev") {
		return
	}
	missing := []string{OwnDev}
	if _, err := os.Stat("/dev/mqueue"); err != nil {
		missing = append(missing, OwnQueues) // the host's /dev has no place for it, and stays as it is
	}
	w := filtered(t, missing...)
	must(t, w, "make", SharedMemory, testMark+"-private")
	if _, err := os.Stat("/dev/shm/" + testMark + "-private"); err == nil {
		t.Error("shared memory of the world shows on the host")
	}
	if found := leftoversOf(t, w, SharedMemory); len(found) != 1 {
		t.Errorf("found %v, want what was made", found)
	}
}

func TestProbeReportsThatPtraceIsRefused(t *testing.T) {
	if underFilter(t, "ptrace") {
		expectMissing(t, Ptrace, unix.EPERM)
	}
}

func TestProbeReportsThatPidfdsAreMissing(t *testing.T) {
	if underFilter(t, "pidfd") {
		expectMissing(t, Pidfd, unix.ENOSYS)
	}
}

// expectMissing expects that a capability is missing for the reason that the
// kernel gave.
func expectMissing(t *testing.T, name string, reason unix.Errno) {
	t.Helper()
	if got := Probe(within(t)).Reason(name); !strings.Contains(got, reason.Error()) {
		t.Errorf("%s: %q, want %q", name, got, reason.Error())
	}
}

func TestForcedFallbackSaysSo(t *testing.T) {
	t.Setenv(IsolationVariable, "none")
	w := newWorld(t, Options{})
	if reason := w.Capabilities().Reason(PIDNamespace); w.Isolated() || !strings.Contains(reason, "not asked for") {
		t.Errorf("isolated: %v, %q", w.Isolated(), reason)
	}
}
