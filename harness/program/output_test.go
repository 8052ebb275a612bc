package program

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

func TestOutputThroughATerminal(t *testing.T) {
	o := observe(t, `if [ -t 1 ]; then echo "produced terminal"; fi; printf 'produced cr\r\n'; printf 'produced last'; kill -9 $$`,
		`exit 0`, Scenario{})
	if got := texts(o.Produced); got != "terminal cr last" {
		t.Errorf("produced %q: want every line, none changed, the unfinished one included", got)
	}
	p := o.Process(Producer)
	if !p.Ended || p.Exit.Signal != 9 {
		t.Errorf("the producer that killed itself: %+v", p)
	}
}

func TestPipeWhereThereIsNoTerminal(t *testing.T) {
	c, err := newPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	flags, err := unix.FcntlInt(c.write.Fd(), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_NONBLOCK != 0 || c.terminal {
		t.Errorf("flags %#x, %v: a program's output must block when it is full", flags, err)
	}
	c.hold() // has no effect
	s := &stream{channel: c, sink: newSink(time.Now()), limit: 100, done: make(chan struct{})}
	go s.follow()
	if _, err := c.write.WriteString("one\ntwo"); err != nil {
		t.Error(err)
	}
	c.finish()
	<-s.done
	if s.lines != 2 || s.sample != "one" {
		t.Errorf("%d lines, the first %q", s.lines, s.sample)
	}
}

func TestBufferedOutputOfAKilledProgramIsSeen(t *testing.T) {
	dir := compiled(t, map[string]string{"producer": `
		#include <stdio.h>
		#include <signal.h>
		#include <unistd.h>
		int main(void) {
			for (int i = 0; i < 3; i++) printf("produced %d\n", i);
			if (fork() == 0) return 0; /* would print a full buffer again */
			raise(SIGSEGV);
		}`})
	o := observeIn(t, worldtest.New(t, world.Options{}), dir, Scenario{Only: Producer}, func(p *subject.Programs) { p.Roles.Producer.Command = "./producer" })
	if got := texts(o.Produced); got != "0 1 2" {
		t.Errorf("produced %q, want 0 1 2", got)
	}
	if p := o.Process(Producer); p.Exit.Signal != 11 {
		t.Errorf("%+v, want a segmentation fault", p)
	}
}

// compiled compiles C programs into a directory.
func compiled(t *testing.T, sources map[string]string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a compiler")
	}
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler: ", err)
	}
	dir := t.TempDir()
	for name, source := range sources {
		file := filepath.Join(dir, name+".c")
		if err := os.WriteFile(file, []byte("#define _GNU_SOURCE\n"+source), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(cc, "-o", filepath.Join(dir, name), file, "-pthread", "-lrt").CombinedOutput(); err != nil {
			t.Fatalf("cc: %v\n%s", err, out)
		}
	}
	return dir
}

func TestUnmatchedLinesAreShown(t *testing.T) {
	o := observe(t, `echo "made 1"; echo "made 2"`, `echo "consumed 1"`, Scenario{})
	if o.Unmatched[Producer] != "made 1" || o.Unmatched[Consumer] != "" {
		t.Errorf("unmatched %q", o.Unmatched)
	}
}
