package world

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/temporary"
)

// coveredWorld skips where the directories for temporary files are the host's.
func coveredWorld(t *testing.T, o Options) *World {
	t.Helper()
	w := isolatedWorld(t, o)
	if reason := w.Capabilities().Reason(OwnTmp); reason != "" {
		t.Skip(reason)
	}
	return w
}

func shell(script string) Command {
	return Command{Path: "/bin/sh", Args: []string{"sh", "-c", script}, Env: os.Environ()}
}

func mustShell(t *testing.T, w *World, script string) string {
	t.Helper()
	text, e := runCommand(t, w, shell(script))
	if !e.OK() {
		t.Fatalf("%s: %v: %s", script, e, text)
	}
	return text
}

// hostDir is a directory for temporary files of the host's, open to all.
func hostDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "host-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = temporary.RemoveTree(dir) })
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

func hostFile(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
}

func namesOf(found []Leftover) (names []string) {
	for _, l := range found {
		names = append(names, l.Name)
	}
	slices.Sort(names)
	return names
}

func TestTemporaryFilesAreTheWorldsOwn(t *testing.T) {
	t.Parallel()
	one, other := coveredWorld(t, Options{}), coveredWorld(t, Options{})
	var paths []string
	for _, dir := range []string{"/tmp", "/var/tmp", os.TempDir()} {
		if _, err := os.Stat(dir); err == nil {
			paths = append(paths, filepath.Join(dir, testMark+"-fixed"))
		}
	}
	for _, path := range paths {
		for _, w := range []*World{one, other} {
			mustShell(t, w, "set -C; echo "+w.ID()+" >"+path) // fails where it exists
		}
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("%s of a world shows on the host", path)
			os.Remove(path)
		}
		for _, w := range []*World{one, other} {
			if got := mustShell(t, w, "cat "+path); got != w.ID()+"\n" {
				t.Errorf("another process of world %s reads %q in %s", w.ID(), got, path)
			}
		}
	}
	slices.Sort(paths)
	if got := namesOf(leftoversOf(t, one, File)); !slices.Equal(got, paths) {
		t.Errorf("left are %q, want %q", got, paths)
	}
	if err := one.Baseline(); err != nil {
		t.Fatal(err)
	}
	must(t, one, "make", Socket, filepath.Join(os.TempDir(), testMark+"-socket"))
	if files, sockets := leftoversOf(t, one, File), leftoversOf(t, one, Socket); len(files) != 0 || len(sockets) != 1 {
		t.Errorf("after the baseline: %v and %v, want a socket", files, sockets)
	}
}

// What the host has can be used, as far as its mode allows, and stays.
func TestHostsTemporaryFilesStay(t *testing.T) {
	dir := hostDir(t)
	removed, changed, kept := filepath.Join(dir, "removed"), filepath.Join(dir, "changed"), filepath.Join(dir, "kept")
	for _, path := range []string{removed, changed, kept} {
		hostFile(t, path, "host's", 0o666)
	}
	w := coveredWorld(t, Options{})
	for range 2 { // the second time in what Clean made of it
		if got := mustShell(t, w, fmt.Sprintf("cd %s && cat removed changed kept && rm removed && echo more >>changed && mkdir new && rmdir new && ls", dir)); got != "host'shost'shost'schanged\nkept\n" {
			t.Errorf("the world sees %q", got)
		}
		if found, unseen := w.Leftovers(within(t)); len(found)+len(unseen) > 0 {
			t.Errorf("what the host had is blamed on the world: %v, %v", found, unseen)
		}
		mustShell(t, w, fmt.Sprintf("cd %s && mkdir -p deep/empty && touch deep/file && rm changed && mkdir changed", dir))
		want := []string{changed, filepath.Join(dir, "deep/empty"), filepath.Join(dir, "deep/file")}
		if got := namesOf(leftoversOf(t, w, File)); !slices.Equal(got, want) {
			t.Errorf("left are %q, want %q", got, want)
		}
		if err := w.Clean(); err != nil {
			t.Fatal(err)
		}
		if found, unseen := w.Leftovers(within(t)); len(found)+len(unseen) > 0 {
			t.Errorf("after cleaning there is %v, unseen %v", found, unseen)
		}
		for _, path := range []string{removed, changed, kept} {
			if text, err := os.ReadFile(path); err != nil || string(text) != "host's" {
				t.Errorf("%s on the host: %q, %v", path, text, err)
			}
		}
	}
}

// What was built before a world is made can be executed in it, whatever the kit
// makes and removes beside it while the world lives.
func TestProgramsOfTheHostRun(t *testing.T) {
	built := hostDir(t)
	hostFile(t, filepath.Join(built, "program"), "#!/bin/sh\ncat data\n", 0o755)
	hostFile(t, filepath.Join(built, "data"), "fine\n", 0o644)
	w := coveredWorld(t, Options{})
	for range 50 {
		passing := hostDir(t)
		hostFile(t, filepath.Join(passing, "file"), "", 0o644)
		mustShell(t, w, "ls "+os.TempDir()+" >/dev/null; test -e "+passing+"; true")
		if err := temporary.RemoveTree(passing); err != nil {
			t.Fatal(err)
		}
		text, e := runCommand(t, w, Command{Path: filepath.Join(built, "program"), Env: os.Environ(), Dir: built})
		if !e.OK() || text != "fine\n" {
			t.Fatalf("the program: %v, %q", e, text)
		}
	}
	if found, _ := w.Leftovers(within(t)); len(found) > 0 {
		t.Errorf("left is %v", found)
	}
}

func TestDirectoryIsSharedWithTheKit(t *testing.T) {
	w := coveredWorld(t, Options{})
	for _, when := range []string{"new", "cleaned"} {
		path := filepath.Join(w.Dir(), "both")
		hostFile(t, path, "kit's", 0o666) // after the world was made
		mustShell(t, w, "grep -q kit both && echo world >"+path)
		if text, err := os.ReadFile(path); err != nil || string(text) != "world\n" {
			t.Errorf("%s: the kit reads %q, %v", when, text, err)
		}
		// No other way around: what is beside the directory is the world's own.
		mustShell(t, w, "echo x >../"+testMark+"-beside")
		if _, err := os.Lstat(filepath.Join(os.TempDir(), testMark+"-beside")); err == nil {
			t.Errorf("%s: what was written beside the world's directory shows on the host", when)
		}
		if err := w.Clean(); err != nil {
			t.Fatal(err)
		}
	}
}

// A relative directory begins at the kit's, as the world sees it.
func TestRelativeDirectoryIsInTheWorld(t *testing.T) {
	dir := hostDir(t)
	t.Chdir(dir)
	w := coveredWorld(t, Options{})
	c := shell("touch here")
	c.Dir = "."
	for range 2 {
		if text, e := runCommand(t, w, c); !e.OK() {
			t.Fatal(e, text)
		}
		if _, err := os.Lstat(filepath.Join(dir, "here")); err == nil {
			t.Error("a file in the working directory shows on the host")
		}
		if got := namesOf(leftoversOf(t, w, File)); !slices.Equal(got, []string{filepath.Join(dir, "here")}) {
			t.Errorf("left are %q", got)
		}
		if err := w.Clean(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLimitOnTemporaryFiles(t *testing.T) {
	t.Parallel()
	w := coveredWorld(t, Options{Limits: Limits{ShmSize: 1 << 20}})
	small, big := filepath.Join(os.TempDir(), testMark+"-small"), filepath.Join("/tmp", testMark+"-big")
	for range 2 {
		must(t, w, "grow", small, "65536")
		if text, e := run(t, w, "grow", big, "2097152"); e.Code != 1 || !strings.Contains(text, unix.ENOSPC.Error()) {
			t.Errorf("2 MiB in a /tmp of 1 MiB: %v, %q; want %q", e, text, unix.ENOSPC)
		}
		if err := w.Clean(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFilesOfRuntimesAreNoLeftovers(t *testing.T) {
	t.Parallel()
	w := coveredWorld(t, Options{})
	mustShell(t, w, "mkdir /tmp/hsperfdata_"+testMark+" && touch /tmp/hsperfdata_"+testMark+"/1 /tmp/.java_pid"+testMark)
	if found := leftoversOf(t, w, File); len(found) > 0 {
		t.Errorf("the program is blamed for %v", found)
	}
}

// An overlay is mounted with flags that nothing else is mounted with.
func TestRefusedOverlayIsReported(t *testing.T) {
	if !underFilter(t, "overlay") {
		return
	}
	w := filtered(t, OwnTmp)
	if reason := w.Capabilities().Reason(OwnTmp); !strings.Contains(reason, "mount an overlay on /tmp: "+unix.EPERM.Error()) {
		t.Errorf("the reason is %q", reason)
	}
	path := filepath.Join(hostDir(t), "file")
	must(t, w, "make", File, path)
	if _, err := os.Stat(path); err != nil {
		t.Errorf("a file in the host's directory: %v", err)
	}
	must(t, w, "make", File, "file")
	if got := namesOf(leftoversOf(t, w, File)); !slices.Equal(got, []string{"file"}) {
		t.Errorf("left are %q, want what is in the world's directory", got)
	}
	if err := w.Clean(); err != nil {
		t.Error(err)
	}
	expectMissing(t, OwnTmp, unix.EPERM)
}

// In a world, the world's directory is a file system in /tmp: an overlay would
// hide it.
func TestWorldInAWorld(t *testing.T) {
	t.Parallel()
	w := coveredWorld(t, Options{})
	if !strings.HasPrefix(w.Dir(), "/tmp/") {
		t.Skip("TMPDIR is not in /tmp")
	}
	text := must(t, w, "nest")
	if strings.HasPrefix(text, "none") {
		t.Skip(text)
	}
	if want := "is a file system of its own, which an overlay on /tmp would hide"; !strings.Contains(text, want) {
		t.Errorf("the inner world says %q, want %q", text, want)
	}
	if found, _ := w.Leftovers(within(t)); len(found) > 0 {
		t.Errorf("the inner world left %v", found)
	}
}

// actNest makes a world and prints why it has no /tmp of its own.
func actNest([]string) error {
	w, err := New(context.Background(), Options{})
	if err != nil {
		return err
	}
	if !w.Isolated() {
		fmt.Print("none: ")
	}
	fmt.Println(w.Capabilities().Missing())
	return w.Close()
}
