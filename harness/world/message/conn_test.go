package message

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// twoEnds are the ends of one socket.
func twoEnds(t *testing.T) (a, b *Conn) {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ends [2]*Conn
	for i, fd := range pair {
		if ends[i], err = NewConn(os.NewFile(uintptr(fd), "socket")); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(ends[i].Close)
	}
	return ends[0], ends[1]
}

func TestDescriptorsTravelWithTheirMessage(t *testing.T) {
	a, b := twoEnds(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	// Larger than a socket's buffer, and the next follows at once.
	long := strings.Repeat("x", 1<<20)
	sent := make(chan error, 1)
	go func() {
		sent <- errors.Join(
			a.Send(Request{ID: 1, Start: &Start{Env: []string{long}}}, []int{int(r.Fd()), int(w.Fd())}),
			a.Send(Request{ID: 2}, nil),
			a.Send(Request{ID: 3}, []int{int(r.Fd())}),
		)
	}()
	for i, want := range []int{2, 0, 1} {
		var got Request
		fds, err := b.Receive(&got)
		CloseAll(fds)
		if err != nil || got.ID != uint64(i+1) || len(fds) != want {
			t.Errorf("message %d: %v with %d descriptors, %v; want %d", i+1, got.ID, len(fds), err, want)
		}
		if i == 0 && got.Start.Env[0] != long {
			t.Errorf("the long message has %d bytes, want %d", len(got.Start.Env[0]), len(long))
		}
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	a.Close()
	if _, err := b.Receive(&Request{}); !errors.Is(err, io.EOF) {
		t.Errorf("after the other end was closed: %v, want io.EOF", err)
	}
}

func TestSenselessLengthIsRefused(t *testing.T) {
	a, b := twoEnds(t)
	if _, err := a.socket.Write([]byte{0xff, 0xff, 0xff, 0xff}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Receive(&Request{}); err == nil || !strings.Contains(err.Error(), "4294967295 bytes") {
		t.Errorf("a length of 4 GiB: %v", err)
	}
}

func TestErrnoCrossesTheSocket(t *testing.T) {
	a, b := twoEnds(t)
	if err := a.Send(Reply{Failure: Failed("execute x", unix.ENOENT)}, nil); err != nil {
		t.Fatal(err)
	}
	var got Reply
	if _, err := b.Receive(&got); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(got.Failure, unix.ENOENT) || got.Failure.Error() != "execute x: no such file or directory" {
		t.Errorf("got %v", got.Failure)
	}
}
