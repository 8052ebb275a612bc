package world

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/proc"
)

func TestNamespacesAreTheWorldsOwn(t *testing.T) {
	t.Parallel()
	w := isolatedWorld(t, Options{})
	kinds := []string{"mnt", "ipc", "pid"}
	if w.Capabilities().Has(NetworkNamespace) {
		kinds = append(kinds, "net")
	}
	first, second := lines(must(t, w, "namespaces", kinds...)), lines(must(t, w, "namespaces", kinds...))
	for i, kind := range kinds {
		host, err := os.Readlink("/proc/self/ns/" + kind)
		if err != nil {
			t.Fatal(err)
		}
		if first[i] == host {
			t.Errorf("%s: the world shares the host's %s", kind, host)
		}
		if first[i] != second[i] {
			t.Errorf("%s: processes of one world are in %s and %s", kind, first[i], second[i])
		}
	}
}

func TestNetworkIsTheHostsOnRequest(t *testing.T) {
	t.Parallel()
	w := isolatedWorld(t, Options{Network: true})
	host, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		t.Fatal(err)
	}
	if got := lines(must(t, w, "namespaces", "net"))[0]; got != host {
		t.Errorf("the world is in %s, want the host's %s", got, host)
	}
}

func TestLoopbackIsUp(t *testing.T) {
	t.Parallel()
	w := isolatedWorld(t, Options{})
	if !w.Capabilities().Has(NetworkNamespace) {
		t.Skip(w.Capabilities().Reason(NetworkNamespace))
	}
	must(t, w, "dial")
}

func TestNamesArePrivate(t *testing.T) {
	t.Parallel()
	one, other := isolatedWorld(t, Options{}), isolatedWorld(t, Options{})
	for _, w := range []*World{one, other} { // the same name in both: neither may exist
		must(t, w, "make", SharedMemory, "ipckit-private")
		must(t, w, "make", Queue, "ipckit-private")
		must(t, w, "make", SystemVMemory, "4711")
	}
	if _, err := os.Stat("/dev/shm/ipckit-private"); err == nil {
		t.Error("shared memory of a world shows on the host")
	}
	if !one.Capabilities().Has(OwnQueues) {
		t.Skip(one.Capabilities().Reason(OwnQueues))
	}
	seen := lines(must(t, one, "list", "/dev/shm", "/dev/mqueue"))
	if want := []string{"/dev/shm/ipckit-private", "/dev/mqueue/ipckit-private"}; !slices.Equal(seen, want) {
		t.Errorf("the world sees %q, want %q", seen, want)
	}
}

func TestHostsDevIsNotChanged(t *testing.T) {
	t.Parallel()
	list := func() []string {
		entries, err := os.ReadDir("/dev")
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	before := list()
	w := isolatedWorld(t, Options{})
	after := list()
	if !slices.Equal(before, after) {
		t.Errorf("the host's /dev had %q, has %q", before, after)
	}
	for _, path := range []string{"/dev/null", "/dev/shm", "/dev/fd", "/dev/urandom"} {
		c := Command{Path: "/bin/sh", Args: []string{"sh", "-c", "test -w " + path + " || test -d " + path}, Env: os.Environ()}
		if _, e := runCommand(t, w, c); !e.OK() {
			t.Errorf("%s cannot be used in the world: %v", path, e)
		}
	}
}

func TestProcShowsTheWorldOnly(t *testing.T) {
	t.Parallel()
	w := isolatedWorld(t, Options{})
	if !w.Capabilities().Has(OwnProc) {
		t.Skip(w.Capabilities().Reason(OwnProc))
	}
	var pids []string
	for _, path := range lines(must(t, w, "list", "/proc")) {
		if name := filepath.Base(path); strings.Trim(name, "0123456789") == "" {
			pids = append(pids, name)
		}
	}
	if len(pids) != 2 || pids[0] != "1" {
		t.Errorf("a process of the world sees processes %q, want the holder, 1, and itself", pids)
	}
}

func TestProcessesAreUnprivileged(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		if !w.Capabilities().Has(UnprivilegedUser) {
			t.Skip(w.Capabilities().Reason(UnprivilegedUser))
		}
		status := map[string]string{}
		for _, line := range lines(must(t, w, "status", "Uid", "Groups", "CapInh", "CapPrm", "CapEff", "CapAmb", "SigIgn", "SigBlk")) {
			key, value, _ := strings.Cut(line, " ")
			status[key] = value
		}
		if uid, _, _ := strings.Cut(status["Uid"], " "); uid == "0" || number(uid) != w.User() {
			t.Errorf("uid %s, want the world's %d, and not root's", uid, w.User())
		}
		if os.Getuid() == 0 && status["Groups"] != "" {
			t.Errorf("groups %q, want none of root's", status["Groups"])
		}
		for _, set := range []string{"CapInh", "CapPrm", "CapEff", "CapAmb", "SigBlk"} {
			if strings.Trim(status[set], "0") != "" {
				t.Errorf("%s is %s, want none", set, status[set])
			}
		}
		// Signals 32 and 33 belong to the C library; how they were inherited
		// cannot be undone from Go.
		ignored, err := strconv.ParseUint(status["SigIgn"], 16, 64)
		if err != nil || ignored&^(3<<31) != 0 {
			t.Errorf("signals %s are ignored, want each to have its default action (%v)", status["SigIgn"], err)
		}
	})
}

func TestUsersOfWorldsDiffer(t *testing.T) {
	one, other := newWorld(t, Options{}), newWorld(t, Options{})
	if !one.setup.OwnedUser {
		t.Skip("the kit may not choose a uid: ", one.user.reason)
	}
	if one.User() == other.User() {
		t.Errorf("both worlds have uid %d", one.User())
	}
}

func TestKitUserIsKept(t *testing.T) {
	w := newWorld(t, Options{User: KitUser})
	if w.User() != os.Getuid() {
		t.Errorf("the world's user is %d, want the kit's own %d", w.User(), os.Getuid())
	}
	if got := must(t, w, "status", "Uid"); number(strings.Fields(got)[1]) != os.Getuid() {
		t.Errorf("%s: want the kit's own %d", got, os.Getuid())
	}
}

func TestGivenUserIsTaken(t *testing.T) {
	if missing := proc.MissingCapabilities(unix.CAP_SETUID); missing != "" {
		t.Skip("the kit lacks ", missing)
	}
	w := newWorld(t, Options{User: nobody})
	if got := must(t, w, "status", "Uid"); number(strings.Fields(got)[1]) != nobody {
		t.Errorf("%s: want %d", got, nobody)
	}
}

func TestDirectoryIsPrivate(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		info, err := os.Stat(w.Dir())
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o700 {
			t.Errorf("the world's directory has mode %v, want drwx------", info.Mode())
		}
		c := Command{Path: "/bin/sh", Args: []string{"sh", "-c", `touch here && pwd && echo "$TMPDIR" "$IPCKIT_WORLD"`}, Env: append(os.Environ(), "TMPDIR=/nowhere", "IPCKIT_WORLD=another")}
		text, e := runCommand(t, w, c)
		if want := w.Dir() + "\n" + w.Dir() + " " + w.ID() + "\n"; !e.OK() || text != want {
			t.Errorf("%v, %q, want working directory, TMPDIR and IPCKIT_WORLD %q", e, text, want)
		}
		if _, err := os.Stat(filepath.Join(w.Dir(), "here")); err != nil {
			t.Error("the file that the process wrote: ", err)
		}
	})
}
