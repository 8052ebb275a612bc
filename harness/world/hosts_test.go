package world

import (
	"net"
	"os"
	"strings"
	"testing"
	"time"
)

// actServe accepts connections at an address, for ever.
func actServe(args []string) error {
	l, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	os.Stdout.WriteString("listening\n")
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		c.Close()
	}
}

// actReach connects to an address within 300 ms.
func actReach(args []string) error {
	c, err := net.DialTimeout("tcp", args[0], 300*time.Millisecond)
	if err == nil {
		c.Close()
	}
	return err
}

// twoHosts makes a world with two hosts, or skips.
func twoHosts(t *testing.T) *World {
	t.Helper()
	w := isolatedWorld(t, Options{TwoHosts: true})
	if !w.Capabilities().Has(NetworkNamespace) {
		t.Skip(w.Capabilities().Reason(NetworkNamespace))
	}
	if !w.Capabilities().Has(TwoHosts) {
		t.Skip(w.Capabilities().Reason(TwoHosts))
	}
	return w
}

// onFar runs an act on the far host.
func onFar(t *testing.T, w *World, act string, args ...string) (string, Exit) {
	t.Helper()
	c := puppet(act, args...)
	c.Far = true
	return runCommand(t, w, c)
}

func TestTwoHostsReachEachOther(t *testing.T) {
	t.Parallel()
	w := twoHosts(t)
	launched(t, w, "serve", NearAddress+":7000")
	if text, e := onFar(t, w, "reach", NearAddress+":7000"); !e.OK() {
		t.Fatalf("the far host does not reach the near one: %v: %s", e, text)
	}
	for range 2 {
		if err := w.Cut(t.Context()); err != nil {
			t.Fatal(err)
		}
		text, e := onFar(t, w, "reach", NearAddress+":7000")
		if e.OK() || !strings.Contains(text, "timeout") {
			t.Fatalf("over a connection that is cut: %v: %q, want a timeout: neither side receives a notice", e, text)
		}
		if err := w.Heal(t.Context()); err != nil {
			t.Fatal(err)
		}
		for tries := 0; ; tries++ { // 300 ms may be too little on a busy machine
			text, e = onFar(t, w, "reach", NearAddress+":7000")
			if e.OK() {
				break
			}
			if tries == 50 {
				t.Fatalf("after the line has healed: %v: %s", e, text)
			}
		}
	}
}

func TestTwoHostsShareNoNames(t *testing.T) {
	t.Parallel()
	w := twoHosts(t)
	for _, kind := range []string{SharedMemory, Queue, SystemVMemory} {
		name := "ipckit-apart"
		if kind == SystemVMemory {
			name = "4712"
		}
		must(t, w, "make", kind, name)
		if text, e := onFar(t, w, "make", kind, name); !e.OK() {
			t.Errorf("%s: the far host sees the near one's: %v: %s", kind, e, text)
		}
	}
	kinds := []string{"mnt", "ipc", "net"}
	near, far := lines(must(t, w, "namespaces", kinds...)), func() []string {
		text, _ := onFar(t, w, "namespaces", kinds...)
		return lines(text)
	}()
	for i, kind := range kinds {
		if near[i] == far[i] {
			t.Errorf("%s: both hosts are in %s", kind, near[i])
		}
	}
}

func TestOneHostHasNoLine(t *testing.T) {
	t.Parallel()
	w := isolatedWorld(t, Options{})
	if err := w.Cut(t.Context()); err == nil {
		t.Error("the line of a world with one host was cut")
	}
	c := puppet("say", "hello")
	c.Far = true
	if _, err := w.Start(t.Context(), c); err == nil {
		t.Error("a process was started on the far host of a world with one")
	}
}
