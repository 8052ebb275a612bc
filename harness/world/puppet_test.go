package world

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world/proc"
)

const (
	puppetRole      = "puppet"
	puppetVariable  = "IPCKIT_TEST_ACT"
	puppetArguments = "IPCKIT_TEST_ARGUMENTS"
)

// acts are what a process of a test can be asked to do. An error becomes exit
// status 1.
var acts = map[string]func(args []string) error{
	"say":        func(args []string) error { fmt.Println(strings.Join(args, " ")); return nil },
	"exit":       func(args []string) error { os.Exit(number(args[0])); return nil },
	"die":        func(args []string) error { return unix.Kill(os.Getpid(), syscall.Signal(number(args[0]))) },
	"wait":       func([]string) error { fmt.Println(os.Getpid()); return forever() },
	"status":     actStatus,
	"namespaces": actNamespaces,
	"links":      actLinks,
	"burn":       actBurn,
	"spill":      actSpill,
	"grow":       actGrow,
	"fork":       actFork,
	"daemon":     actDaemon,
	"rage":       actRage,
	"massacre":   actMassacre,
	"dial":       actDial,
	"open-many":  actOpenMany,
	"allocate":   actAllocate,
	"make":       actMake,
	"list":       actList,
	"nest":       actNest,
	"serve":      actServe,
	"reach":      actReach,
}

func perform(act string) int {
	f := acts[act]
	if f == nil {
		fmt.Fprintf(os.Stderr, "no act %q\n", act)
		return 99
	}
	if err := f(strings.Split(os.Getenv(puppetArguments), "\n")); err != nil {
		fmt.Println(err)
		return 1
	}
	return 0
}

func forever() error {
	for {
		time.Sleep(time.Hour)
	}
}

// actStatus prints lines of /proc/self/status, each as "key value…".
func actStatus(keys []string) error {
	text, err := os.ReadFile("/proc/thread-self/status")
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		if slices.Contains(keys, key) {
			fmt.Println(key, strings.Join(strings.Fields(value), " "))
		}
	}
	return err
}

func actNamespaces(kinds []string) error {
	for _, kind := range kinds {
		link, err := os.Readlink("/proc/self/ns/" + kind)
		if err != nil {
			return err
		}
		fmt.Println(link)
	}
	return nil
}

// actLinks prints where the process's descriptors lead.
func actLinks([]string) error {
	entries, err := os.ReadDir("/proc/self/fd")
	for _, e := range entries {
		link, _ := os.Readlink("/proc/self/fd/" + e.Name())
		fmt.Println(e.Name(), link)
	}
	return err
}

// actBurn uses so much processor time, however long that takes.
func actBurn(args []string) error {
	limit, err := time.ParseDuration(args[0])
	for err == nil {
		var used unix.Timespec
		if err = unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &used); time.Duration(used.Nano()) > limit {
			break
		}
	}
	return err
}

// actSpill prints without end.
func actSpill([]string) error {
	block := strings.Repeat("spill\n", 1000)
	for {
		if _, err := os.Stdout.WriteString(block); err != nil {
			return err
		}
	}
}

// actGrow lets a file grow: a path and a number of bytes.
func actGrow(args []string) error {
	signal.Ignore(syscall.SIGXFSZ)
	f, err := os.Create(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(make([]byte, number(args[1])))
	return err
}

// another starts an act as a child of this process.
func another(act string, env []string, attr *syscall.SysProcAttr) (*os.Process, error) {
	path, argv, role := reexec.Args(puppetRole)
	return os.StartProcess(path, argv, &os.ProcAttr{
		Env: reexec.Environment(env, append(role, puppetVariable+"="+act)...), Files: []*os.File{nil, nil, nil}, Sys: attr,
	})
}

// actFork has a child that waits, prints its id and waits.
func actFork([]string) error {
	child, err := another("wait", os.Environ(), nil)
	if err != nil {
		return err
	}
	fmt.Println(child.Pid)
	return forever()
}

// actDaemon leaves a process behind that has its own session, no environment
// and no living ancestor but the first process.
func actDaemon([]string) error {
	child, err := another("wait", nil, &syscall.SysProcAttr{Setsid: true})
	if err != nil {
		return err
	}
	fmt.Println(child.Pid)
	return nil
}

// contained makes sure that an act which harms others can harm nothing outside
// of its world, even where the kit is broken: it is in another PID namespace
// than the tests, which its argument names, or a user without privileges that
// the tests are not.
func contained(args []string) error {
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		return err
	}
	if namespace != args[0] && strings.HasPrefix(args[0], "pid:") {
		return nil
	}
	if uid := os.Getuid(); uid != 0 && os.Geteuid() == uid && strconv.Itoa(uid) != args[1] && proc.EffectiveCapabilities() == 0 {
		return nil
	}
	return fmt.Errorf("refused: not contained: in %s as uid %d, the tests in %s as uid %s", namespace, os.Getuid(), args[0], args[1])
}

// outside is the argument of acts that must be contained.
func outside(t *testing.T) []string {
	t.Helper()
	namespace, err := os.Readlink("/proc/self/ns/pid")
	if err != nil {
		t.Fatal(err)
	}
	return []string{namespace, strconv.Itoa(os.Getuid())}
}

// actRage sends every signal to its parent.
func actRage(args []string) error {
	if err := contained(args); err != nil {
		return err
	}
	parent := os.Getppid()
	if parent != 1 {
		return fmt.Errorf("refused: the parent is %d, want the world's first process, 1", parent)
	}
	for s := syscall.Signal(1); s <= 64; s++ {
		_ = unix.Kill(parent, s)
		_ = unix.Tgkill(parent, parent, s)
	}
	return nil
}

// actMassacre kills all that it may.
func actMassacre(args []string) error {
	if err := contained(args); err != nil {
		return err
	}
	return unix.Kill(-1, unix.SIGKILL)
}

// actDial talks to itself over the loopback device.
func actDial([]string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return err
	}
	return c.Close()
}

func actOpenMany(args []string) error {
	for range number(args[0]) {
		if _, err := unix.Open("/dev/null", unix.O_RDONLY, 0); err != nil {
			return err
		}
	}
	return nil
}

func actAllocate(args []string) error {
	size := number(args[0])
	memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return err
	}
	return unix.Munmap(memory)
}

// actMake makes something that outlives the process: a kind and a name. Of
// System V objects the name is the key.
func actMake(args []string) error {
	kind, name := args[0], args[1]
	flags := uintptr(unix.IPC_CREAT | unix.IPC_EXCL | 0o600)
	switch kind {
	case SharedMemory:
		return os.WriteFile("/dev/shm/"+name, []byte("content"), 0o600)
	case Semaphore:
		return os.WriteFile("/dev/shm/sem."+name, make([]byte, 32), 0o600)
	case File:
		return os.WriteFile(name, []byte("content"), 0o600)
	case Socket:
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		if err != nil {
			return err
		}
		return unix.Bind(fd, &unix.SockaddrUnix{Name: name})
	case Queue:
		return makeQueue(name)
	case SystemVMemory:
		return called(unix.Syscall(unix.SYS_SHMGET, uintptr(number(name)), 4096, flags))
	case SystemVSemaphore:
		return called(unix.Syscall(unix.SYS_SEMGET, uintptr(number(name)), 2, flags))
	case SystemVQueue:
		if err := called(unix.Syscall(unix.SYS_MSGGET, uintptr(number(name)), flags, 0)); err != nil {
			return err
		}
		return sendSystemV(number(name))
	}
	return fmt.Errorf("no kind %q", kind)
}

func called(_, _ uintptr, errno syscall.Errno) error {
	if errno != 0 {
		return errno
	}
	return nil
}

func makeQueue(name string) error {
	path, err := unix.BytePtrFromString(name)
	if err != nil {
		return err
	}
	return called(unix.Syscall6(unix.SYS_MQ_OPEN, uintptr(unsafe.Pointer(path)),
		unix.O_CREAT|unix.O_EXCL|unix.O_RDWR, 0o600, 0, 0, 0))
}

func unlinkQueue(name string) {
	if path, err := unix.BytePtrFromString(name); err == nil {
		_, _, _ = unix.Syscall(unix.SYS_MQ_UNLINK, uintptr(unsafe.Pointer(path)), 0, 0)
	}
}

// sendSystemV puts a message into a queue: only its last sender is on record.
func sendSystemV(key int) error {
	id, _, errno := unix.Syscall(unix.SYS_MSGGET, uintptr(key), 0, 0)
	if errno != 0 {
		return errno
	}
	message := struct {
		kind int64
		text [8]byte
	}{1, [8]byte{'c', 'o', 'n', 't', 'e', 'n', 't'}}
	return called(unix.Syscall6(unix.SYS_MSGSND, id, uintptr(unsafe.Pointer(&message)), 8, 0, 0, 0))
}

// actList prints the names in directories.
func actList(dirs []string) error {
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			fmt.Println(filepath.Join(dir, e.Name()))
		}
	}
	return nil
}

// lines splits what an act printed.
func lines(text string) []string {
	return strings.Split(strings.TrimSpace(text), "\n")
}

// alive reports whether the kit's /proc shows a process that has not ended.
func alive(pid int) bool {
	return !proc.ReadStatus(pid).Gone()
}

// number reads a decimal number; what is none is 0.
func number(text string) int {
	n, _ := strconv.Atoi(text)
	return n
}
