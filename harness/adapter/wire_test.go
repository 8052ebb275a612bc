package adapter_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/protocoltest"
)

// A wire speaks to an agent in raw lines.
type wire struct {
	t       *testing.T
	command *exec.Cmd
	in      *os.File
	out     *bufio.Reader
	stderr  bytes.Buffer
	schema  protocoltest.Schema
	ended   bool
}

// connect starts an agent by hand, as its author would.
func connect(t *testing.T, l agent.Launcher, stdio bool) *wire {
	t.Helper()
	w := &wire{t: t, command: exec.Command(l.Path), schema: protocoltest.Load(t)}
	if l.Args != nil {
		w.command.Args = l.Args
	}
	w.command.Dir = l.Dir
	theirs, ours := pipe(t)
	back, their := pipe(t)
	w.in, w.out = ours, bufio.NewReader(back)
	w.command.Stderr = &w.stderr
	w.command.Env = append(slices.Clone(l.Env), "IPCKIT_CONTROL=pipes")
	if stdio {
		w.command.Env = append(slices.Clone(l.Env), "IPCKIT_CONTROL=stdio")
		w.command.Stdin, w.command.Stdout = theirs, their
	} else {
		w.command.ExtraFiles = []*os.File{theirs, their}
	}
	if err := w.command.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = theirs.Close(), their.Close()
	watchdog := time.AfterFunc(patient, func() { _ = w.command.Process.Kill() })
	t.Cleanup(func() {
		watchdog.Stop()
		if !w.ended {
			_ = w.command.Process.Kill()
			_ = w.command.Wait()
		}
	})
	return w
}

func pipe(t *testing.T) (r, w *os.File) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = r.Close(), w.Close() })
	return r, w
}

func (w *wire) write(text string) {
	w.t.Helper()
	if _, err := io.WriteString(w.in, text); err != nil {
		w.t.Fatalf("%v\n%s", err, w.stderr.String())
	}
}

// read reads one reply, which must be as the schema says.
func (w *wire) read() protocol.Reply {
	w.t.Helper()
	line, err := w.out.ReadString('\n')
	if err != nil {
		w.t.Fatalf("no reply: %v, after %q\n%s", err, line, w.stderr.String())
	}
	err = w.schema.Reply(line)
	var r protocol.Reply
	if err == nil {
		err = json.Unmarshal([]byte(line), &r)
	}
	if err != nil {
		w.t.Fatalf("reply %.300q: %v", line, err)
	}
	return r
}

func (w *wire) ask(line string) protocol.Reply {
	w.t.Helper()
	w.write(line + "\n")
	return w.read()
}

// leave waits for the end of an agent and gives its status.
func (w *wire) leave() int {
	w.t.Helper()
	w.ended = true
	_ = w.command.Wait()
	return w.command.ProcessState.ExitCode()
}

// everyWay runs a test over pipes and over standard input and output.
func everyWay(t *testing.T, subject string, test func(t *testing.T, w *wire)) {
	t.Helper()
	l := sanitized(t, subject)
	for _, way := range []string{"pipes", "stdio"} {
		t.Run(way, func(t *testing.T) { test(t, connect(t, l, way == "stdio")) })
	}
}

func TestWireRefusesWhatMakesNoSense(t *testing.T) {
	everyWay(t, filepath.Join(impl, "c/example"), func(t *testing.T, w *wire) {
		for i, x := range []struct {
			line, kind, says string
		}{
			{`{"id":%d}`, "invalid", "id and op"},
			{`{"id":%d,"op":"region.open","object":"r","name":"/x","colour":"red"}`, "invalid", "colour"},
			{`{"id":%d,"op":7}`, "invalid", "string"},
			{`{"id":%d,"op":"hello"`, "invalid", "end of the object"},
			{`{"id":%d,"op":"hello`, "invalid", "does not end"},
			{`{"id":%d,"op":"hello"} and more`, "invalid", "follows"},
			{`{"id":%d,"op":"buffer.get","wait":0}`, "invalid", "milliseconds"},
			{`{"id":%d,"op":"buffer.get","wait":"soon"}`, "invalid", "milliseconds"},
			{`{"id":%d,"op":"region.create","size":1.5}`, "invalid", "whole number"},
			{`{"id":%d,"op":"region.create","size":99999999999999999999}`, "invalid", "64 bits"},
			{`{"id":%d,"op":"region.create","size":-9223372036854775809}`, "invalid", "64 bits"},
			{`{"id":%d,"op":"region.create","digest":1}`, "invalid", "true or false"},
			{`{"id":%d,"op":"region.open","name":"\u0000"}`, "invalid", "NUL"},
			{`{"id":%d,"op":"region.open","name":"\q"}`, "invalid", "escape"},
			{`{"id":%d,"op":"region.open","name":"/x"}`, "invalid", "object"},
			{`{"id":%d,"op":"region.create","object":"r","name":"/x"}`, "invalid", "size"},
			{`{"id":%d,"op":"region.create","object":"r","name":"/x","size":-9223372036854775808}`, "invalid", "-9223372036854775808"},
			{`{"id":%d,"op":"region.read","object":"nobody","offset":0,"size":1}`, "invalid", "nobody"},
			{`{"id":%d,"op":"buffer.create","object":"q","name":"/x","capacity":1}`, "invalid", "item_max"},
			{`{"id":%d,"op":"buffer.put","object":"q","data":"a"}`, "invalid", ""},
			{`{"id":%d,"op":"workload","object":"q","role":"put"}`, "invalid", ""},
			{`{"id":%d,"op":"buffer.open","object":"q","name":"/ipckit-nobody\ud83d\ude42\u00e9"}`, "not-found", "shm_open"},
			{`{"id":%d,"op":"buffer.open","object":"q","name":"/ipckit-nobody","kind":"few"}`, "", "buffer.open"},
			{`{"id":%d,"op":"stack.push","object":"q"}`, "", "stack.push"},
			{`{"id":%d,"op":"lock.acquire","object":"q"}`, "invalid", "no object"},
			{`{"id":%d,"op":"lock.create","object":"l"}`, "invalid", "name"},
			{`{"id":%d,"op":"lock.borrow","object":"l"}`, "", "lock.borrow"},
			{`{"id":%d,"op":"semaphore.create","object":"s","name":"/x","initial":1}`, "invalid", "maximum"},
			{`{"id":%d,"op":"snapshot.create","object":"s","name":"/x"}`, "invalid", "item_max"},
			{`{"id":%d,"op":"word.store","object":"q","offset":0,"value":-1}`, "invalid", "whole number"},
			{`{"id":%d,"op":"rwlock.unlink"}`, "invalid", "name"},
			{`{"id":%d,"op":""}`, "", ""},
		} {
			r := w.ask(fmt.Sprintf(x.line, i+1))
			says := r.Text
			if x.kind == "" {
				says = r.Unsupported
			}
			if r.ID != uint64(i+1) || string(r.Error) != x.kind || !strings.Contains(says, x.says) || r.OK {
				t.Errorf("%s is answered with %+v, want %q that says %q", x.line, r, x.kind, x.says)
			}
		}
		// Without an id there is nothing to answer; the agent goes on.
		for _, line := range []string{"", "garbage", "[1]", `{"op":"hello"}`, `{"id":-1,"op":"hello"}`, `{"id":99999999999999999999,"op":"hello"}`, "\x00\xff{}"} {
			w.write(line + "\n")
		}
		if r := w.ask(`{"id":90,"op":"status"}`); r.ID != 90 || r.State != "idle" {
			t.Errorf("after garbage the status is %+v", r)
		}
		if r := w.ask(`{"id":91,"op":"bye"}`); !r.OK || w.leave() != 0 {
			t.Errorf("bye: %+v, exit %v", r, w.command.ProcessState)
		}
		if !strings.Contains(w.stderr.String(), "cannot be answered") || strings.Contains(w.stderr.String(), "ERROR") {
			t.Errorf("it said: %s", w.stderr.String())
		}
	})
}

func TestWireTakesLinesInPiecesAndLongOnes(t *testing.T) {
	everyWay(t, filepath.Join(impl, "c/example"), func(t *testing.T, w *wire) {
		name := fmt.Sprintf("/ipckit-test-%d", os.Getpid())
		const size = 8 << 20
		for _, piece := range []string{"{\"id\"", ":1,", "\"op\":\"he", "llo\",\"proto", "col\":0}", "\n{\"id\":2,\"op\":\"status\"}\n", "{\"id\":3,\"op\""} {
			w.write(piece)
			time.Sleep(5 * time.Millisecond)
		}
		if r := w.read(); r.ID != 1 || r.Protocol == nil || r.Thread == nil || *r.Thread != w.command.Process.Pid || !r.Overwrites || !r.Interrupts {
			t.Errorf("hello: %+v", r)
		}
		if r := w.read(); r.ID != 2 {
			t.Errorf("the second of two lines in one piece: %+v", r)
		}
		if r := w.ask(fmt.Sprintf(`:"region.create" , "object" : "r","name":%q,"size":%d }`, name, size)); !r.OK || r.ID != 3 {
			t.Fatalf("create: %+v", r)
		}
		defer func() { w.ask(fmt.Sprintf(`{"id":9,"op":"region.unlink","name":%q}`, name)) }()

		payload := make([]byte, size)
		protocol.Payload(payload, 41)
		if r := w.ask(fmt.Sprintf(`{"id":4,"op":"region.write","object":"r","offset":0,"data":%q}`, *text(payload))); !r.OK {
			t.Errorf("a write of %d bytes: %+v", size, r)
		}
		if r := w.ask(fmt.Sprintf(`{"id":5,"op":"region.read","object":"r","offset":0,"size":%d}`, size)); !bytes.Equal(r.Bytes(), payload) {
			t.Errorf("%d bytes were read back, not those that were written", len(r.Bytes()))
		}
		if r := w.ask(fmt.Sprintf(`{"id":6,"op":"region.read","object":"r","offset":0,"size":%d,"digest":true}`, size)); r.Hash != protocol.Hash(payload) {
			t.Errorf("hash %s, want %s", r.Hash, protocol.Hash(payload))
		}
		if r := w.ask(`{"id":7,"op":"status","world":"` + strings.Repeat("x", protocol.MaxLine) + `"}`); r.Error != "invalid" || !strings.Contains(r.Text, "16 MiB") {
			t.Errorf("a line that is too long: %+v", r)
		}
		if r := w.ask(`{"id":8,"op":"status"}`); r.ID != 8 || !r.OK {
			t.Errorf("after it: %+v", r)
		}
	})
}

func TestWireServesControlWhileAnOperationBlocks(t *testing.T) {
	everyWay(t, filepath.Join(impl, "c/example"), func(t *testing.T, w *wire) {
		name := fmt.Sprintf("/ipckit-test-%d", os.Getpid())
		w.ask(fmt.Sprintf(`{"id":1,"op":"buffer.create","object":"q","name":%q,"capacity":1,"item_max":8}`, name))
		if r := w.ask(fmt.Sprintf(`{"id":2,"op":"buffer.unlink","name":%q}`, name)); !r.OK {
			t.Fatalf("unlink: %+v", r)
		}
		w.write(`{"id":3,"op":"buffer.get","object":"q"}` + "\n")
		for i := range 5 {
			if r := w.ask(fmt.Sprintf(`{"id":%d,"op":"status"}`, 10+i)); r.State != "busy" || r.Busy != "buffer.get" || *r.Finished != 2 {
				t.Errorf("status: %+v", r)
			}
			if err := w.command.Process.Signal(unix.SIGUSR1); err != nil {
				t.Fatal(err)
			}
		}
		if r := w.ask(`{"id":20,"op":"cancel"}`); r.Unsupported == "" {
			t.Errorf("cancel, which the example does not have: %+v", r)
		}
		if r := w.ask(`{"id":21,"op":"bye"}`); !r.OK || w.leave() != 0 {
			t.Errorf("bye of a blocked agent: %+v, %v", r, w.command.ProcessState)
		}
	})
}

func TestWireEndsWithItsCommands(t *testing.T) {
	everyWay(t, filepath.Join(impl, "c/example"), func(t *testing.T, w *wire) {
		w.ask(`{"id":1,"op":"hello","protocol":0}`)
		w.write(`{"id":2,"op":"hel`)
		if err := w.in.Close(); err != nil {
			t.Fatal(err)
		}
		if status := w.leave(); status != 0 {
			t.Errorf("at the end of its commands it leaves with status %d", status)
		}
	})
}

// What an implementation prints and executes reaches no channel.
const talkative = `
#include "ipckit.h"
#include <stdio.h>
#include <stdlib.h>
static enum ipckit_error open(const char *name, bool read_only, void **region)
{
    (void)read_only, (void)region;
    printf("opening %s\n", name);
    fflush(stdout);
    if (system("echo from a child; for fd in 3 4 5 6 7; do (echo '{}' >&$fd) 2>/dev/null && echo leaked $fd; done; true") != 0)
        return IPCKIT_IO;
    return ipckit_fail(IPCKIT_PERMISSION, "a \"quoted\" text,\n\xff\xc3\xa9 and \\");
}
static const struct ipckit_region region = {.open = open};
const struct ipckit_subject ipckit_subject = {.region = &region};
`

func TestWireIsOutOfReach(t *testing.T) {
	dir := place(t, map[string]string{"ipckit.yaml": "subject: talkative\nc: {sources: [t.c]}\n", "t.c": talkative})
	everyWay(t, dir, func(t *testing.T, w *wire) {
		r := w.ask(`{"id":1,"op":"region.open","object":"r","name":"/x"}`)
		if r.Error != "permission" || r.Text != "a \"quoted\" text,\n?é and \\" {
			t.Errorf("the reply is %+v", r)
		}
		if r := w.ask(`{"id":2,"op":"region.create","object":"r","name":"/x","size":1}`); r.Unsupported == "" {
			t.Errorf("a function that is left out: %+v", r)
		}
		if r := w.ask(`{"id":3,"op":"bye"}`); !r.OK || w.leave() != 0 {
			t.Errorf("bye: %+v, %v", r, w.command.ProcessState)
		}
		if strings.Contains(w.stderr.String(), "leaked") {
			t.Errorf("a child has the channel: %s", w.stderr.String())
		}
	})
}

func TestAgentByHandSaysHow(t *testing.T) {
	needCompiler(t)
	l := build(t, load(t, filepath.Join(impl, "c/skeleton")))
	said, err := exec.Command("/bin/sh", "-c", "exec "+l.Path+" 3>&- 4>&-").CombinedOutput()
	if err == nil || !strings.Contains(string(said), "IPCKIT_CONTROL=stdio") {
		t.Errorf("without channels: %v, %s", err, said)
	}
}
