package messagepassing

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// roleVariable makes the test binary run one of roles instead of tests.
const roleVariable = "MESSAGEPASSING_TEST_ROLE"

func TestMain(m *testing.M) {
	ServeIfAsked()
	if role := os.Getenv(roleVariable); role != "" {
		if err := roles[role](os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, role+":", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// watchdog limits what is expected to happen.
const watchdog = 60 * time.Second

// testBroker is a broker for one test. When the test ends, neither its process
// nor its files may remain.
func testBroker(t testing.TB) Broker {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a broker and other processes")
	}
	base, err := os.MkdirTemp("", "mp")
	if err != nil {
		t.Fatal(err)
	}
	broker := Broker{Directory: base}
	t.Cleanup(func() {
		defer os.RemoveAll(base)
		eventually(t, "the broker is gone", func() bool {
			left, _ := os.ReadDir(base)
			return len(left) == 0 && len(brokerPIDs(t, broker)) == 0
		})
	})
	return broker
}

// eventually waits until is reports true.
func eventually(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(watchdog); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("not within %v: %s", watchdog, what)
			return
		}
	}
}

// brokerPIDs finds the processes that serve as broker.
func brokerPIDs(t testing.TB, broker Broker) (pids []int) {
	t.Helper()
	dir, err := socketDirIn(broker.Directory)
	if err != nil {
		t.Fatal(err)
	}
	environs, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range environs {
		env, err := os.ReadFile(file)
		if err != nil || !slices.Contains(strings.Split(string(env), "\x00"), stageVariable+"="+stageServe+":"+string(dir)) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// A child is a process that runs one of roles and prints lines.
type child struct {
	cmd *exec.Cmd
	out *bufio.Scanner
}

// start runs a role in a process, which is killed when the test ends.
func start(t testing.TB, role string, args ...string) *child {
	t.Helper()
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return &child{cmd: cmd, out: bufio.NewScanner(out)}
}

// line returns the next line that the child prints.
func (h *child) line(t testing.TB) string {
	t.Helper()
	if !h.out.Scan() {
		t.Fatalf("%v ended without printing a line: %v", h.cmd.Args, h.out.Err())
	}
	return h.out.Text()
}

// kill ends the child by SIGKILL and waits until it is gone.
func (h *child) kill() {
	_ = h.cmd.Process.Kill()
	_ = h.cmd.Wait()
}

// wait waits for the child's end, and fails the test if its status is not 0.
func (h *child) wait(t testing.TB) {
	t.Helper()
	if err := h.cmd.Wait(); err != nil {
		t.Errorf("%v: %v", h.cmd.Args, err)
	}
}

// descriptors counts the open descriptors of this process.
func descriptors(t testing.TB) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// killBroker ends the broker by SIGKILL and waits until it is gone.
func killBroker(t testing.TB, broker Broker) {
	t.Helper()
	for _, pid := range brokerPIDs(t, broker) {
		_ = unix.Kill(pid, unix.SIGKILL)
	}
	eventually(t, "the broker is dead", func() bool { return len(brokerPIDs(t, broker)) == 0 })
}
