package world

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// made are the things to leave behind: each kind, the argument of the act that
// makes it, and what its name must contain. The names are those of no other
// process.
func made(w *World) []struct{ kind, argument, name string } {
	name := testMark + "-" + w.ID()
	key := os.Getpid()<<8 | int(w.id[0])
	hex := fmt.Sprintf("0x%08x", key)
	return []struct{ kind, argument, name string }{
		{SharedMemory, name, "/" + name},
		{Semaphore, name, "/" + name},
		{Queue, name, "/" + name},
		{SystemVMemory, strconv.Itoa(key), hex},
		{SystemVSemaphore, strconv.Itoa(key), hex},
		{SystemVQueue, strconv.Itoa(key), hex},
		{File, "file", "file"},
		{Socket, "socket", "socket"},
	}
}

func leftoversOf(t *testing.T, w *World, kind string) (found []Leftover) {
	t.Helper()
	all, _ := w.Leftovers(within(t))
	for _, l := range all {
		if l.Kind == kind {
			found = append(found, l)
		}
	}
	return found
}

// unseen is why a kind cannot be looked at; "" where it can.
func unseenOf(t *testing.T, w *World, kind string) string {
	t.Helper()
	_, all := w.Leftovers(within(t))
	for _, u := range all {
		if u.Kind == kind {
			return u.Reason
		}
	}
	return ""
}

func TestNothingIsLeftByAQuietProcess(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		must(t, w, "say", "hello")
		if found, _ := w.Leftovers(within(t)); len(found) > 0 {
			t.Errorf("a process that made nothing left %v", found)
		}
	})
}

func TestEachKindOfLeftoverIsFound(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		for _, m := range made(w) {
			if reason := unseenOf(t, w, m.kind); reason != "" {
				t.Logf("%s cannot be looked at: %s", m.kind, reason)
				continue
			}
			must(t, w, "make", m.kind, m.argument)
			found := leftoversOf(t, w, m.kind)
			if len(found) == 0 {
				// Under the kit's own uid it is not known what made a semaphore set.
				if reason := unseenOf(t, w, m.kind); w.Isolated() || w.setup.OwnedUser || reason == "" {
					t.Errorf("%s was left and is not found; unseen: %q", m.kind, reason)
				}
				removeByHand(m.kind, m.argument)
				continue
			}
			if len(found) != 1 || !strings.Contains(found[0].Name, m.name) || found[0].Remedy == "" {
				t.Errorf("%s: found %v, want one whose name has %q, and a remedy", m.kind, found, m.name)
			}
		}
		if err := w.Clean(); err != nil {
			t.Fatal(err)
		}
		if found, unseen := w.Leftovers(within(t)); len(found) > 0 {
			t.Errorf("after cleaning there is %v, unseen %v", found, unseen)
		}
		for _, m := range made(w) { // what was removed can be made again, exclusively
			if reason := unseenOf(t, w, m.kind); reason == "" {
				must(t, w, "make", m.kind, m.argument)
			}
		}
		if err := w.Clean(); err != nil {
			t.Fatal(err)
		}
		for _, m := range made(w) {
			removeByHand(m.kind, m.argument)
		}
	})
}

// removeByHand removes what a world may not, since it may be another's.
func removeByHand(kind, argument string) {
	key := uintptr(number(argument))
	switch kind {
	case SystemVMemory:
		if id, _, errno := unix.Syscall(unix.SYS_SHMGET, key, 0, 0); errno == 0 {
			_, _ = unix.SysvShmCtl(int(id), unix.IPC_RMID, nil)
		}
	case SystemVSemaphore:
		if id, _, errno := unix.Syscall(unix.SYS_SEMGET, key, 0, 0); errno == 0 {
			_, _, _ = unix.Syscall6(unix.SYS_SEMCTL, id, 0, unix.IPC_RMID, 0, 0, 0)
		}
	case SystemVQueue:
		if id, _, errno := unix.Syscall(unix.SYS_MSGGET, key, 0, 0); errno == 0 {
			_, _, _ = unix.Syscall(unix.SYS_MSGCTL, id, unix.IPC_RMID, 0)
		}
	case Queue:
		unlinkQueue(argument)
	}
}

func TestProcessesAreLeftovers(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		line := strings.TrimSpace(must(t, w, "daemon"))
		found := leftoversOf(t, w, LiveProcess)
		if len(found) != 1 || !strings.HasPrefix(found[0].Name, line+" ") {
			t.Errorf("found %v, want the daemon, %s", found, line)
		}
		if err := w.Baseline(); err != nil {
			t.Fatal(err)
		}
		if found := leftoversOf(t, w, LiveProcess); len(found) > 0 {
			t.Errorf("after the baseline: %v", found)
		}
	})
}

func TestBaselineExcusesWhatIsThere(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		must(t, w, "make", File, "before")
		must(t, w, "make", File, ".ipckit-record")
		if err := w.Baseline(); err != nil {
			t.Fatal(err)
		}
		must(t, w, "make", File, "after")
		if found := leftoversOf(t, w, File); len(found) != 1 || found[0].Name != "after" {
			t.Errorf("found %v, want the file made after the baseline", found)
		}
		c := Command{Path: "/bin/sh", Env: os.Environ(), Args: []string{"sh", "-c", "rm after; mkdir -p empty full/below; mkfifo full/pipe; echo again > before"}}
		if text, e := runCommand(t, w, c); !e.OK() {
			t.Fatal(e, text)
		}
		var names []string
		for _, l := range leftoversOf(t, w, File) {
			names = append(names, l.Name)
		}
		if want := []string{"empty", "full/below", "full/pipe"}; !slices.Equal(names, want) {
			t.Errorf("found %q, want %q", names, want)
		}
	})
}

// What other programs of the host make meanwhile is not the world's, and stays.
func TestForeignObjectsAreNotBlamed(t *testing.T) {
	w := newWorld(t, Options{Isolation: None})
	path := "/dev/shm/" + testMark + "-foreign"
	if err := os.WriteFile(path, []byte("another program's"), 0o600); err != nil {
		t.Fatal(err)
	}
	defer os.Remove(path)
	found, unseen := w.Leftovers(within(t))
	for _, l := range found {
		if strings.Contains(l.Name, "-foreign") {
			t.Errorf("the world is blamed for %v", l)
		}
	}
	doubt := slices.ContainsFunc(unseen, func(u Unseen) bool { return strings.Contains(u.Reason, "-foreign") })
	if doubt == w.setup.OwnedUser {
		t.Errorf("unseen %v: want doubt only where the world has the kit's own uid", unseen)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("another program's object after the world: %v", err)
	}
}

func TestQueuesAreUnseenWithoutTheirFileSystem(t *testing.T) {
	w := newWorld(t, Options{Isolation: None})
	var fs unix.Statfs_t
	err := unix.Statfs("/dev/mqueue", &fs)
	shown := err == nil && fs.Type == mqueueMagic
	if reason := unseenOf(t, w, Queue); shown != (reason == "") {
		t.Errorf("the host shows its queues: %v (%v); the world says %q", shown, err, reason)
	}
}

// mqueueMagic is the type of a message queue file system.
const mqueueMagic = 0x19800202
