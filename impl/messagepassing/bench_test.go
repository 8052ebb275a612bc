package messagepassing

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
)

// echoRole answers every message of one mailbox in another.
func echoRole(args []string) error {
	in, err := openArgs(args)
	if err != nil {
		return err
	}
	out, err := openArgs([]string{args[0], args[2]})
	if err != nil {
		return err
	}
	fmt.Println(os.Getpid())
	b := make([]byte, in.Shape().MessageMax)
	for {
		n, err := in.Receive(b, Forever)
		if err != nil {
			return nil // the benchmark has ended
		}
		if err := out.Send(b[:n], Forever); err != nil {
			return nil
		}
	}
}

// BenchmarkMailboxRoundTrip sends a message to another process and back, through
// the broker both ways.
func BenchmarkMailboxRoundTrip(b *testing.B) {
	for _, size := range []int{64, 4 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			broker := testBroker(b)
			there := create(b, broker, "/there", Shape{Capacity: 4, MessageMax: 1 << 20})
			back := create(b, broker, "/back", Shape{Capacity: 4, MessageMax: 1 << 20})
			start(b, "echo", broker.Directory, "/there", "/back").line(b)
			p := make([]byte, size)
			b.SetBytes(int64(2 * size))
			for b.Loop() {
				if err := there.Send(p, Forever); err != nil {
					b.Fatal(err)
				}
				if _, err := back.Receive(p, Forever); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkMailboxAlone sends and receives in one process: what the broker
// costs.
func BenchmarkMailboxAlone(b *testing.B) {
	broker := testBroker(b)
	m := create(b, broker, "/alone", Shape{Capacity: 4})
	p := make([]byte, 64)
	for b.Loop() {
		if err := m.Send(p, Forever); err != nil {
			b.Fatal(err)
		}
		if _, err := m.Receive(p, Forever); err != nil {
			b.Fatal(err)
		}
	}
}

// linkRole serves the link of /remote with /local: "echo" sends every message
// back, "sink" and "each" receive and answer an empty message.
func linkRole(args []string) error {
	p, err := Broker{Directory: args[0]}.Join("/remote")
	if err != nil {
		return err
	}
	l, err := p.Link("/local")
	if err != nil {
		return err
	}
	fmt.Println("ready")
	into := make([]byte, 1<<20)
	for {
		switch args[1] {
		case "echo":
			n, err := l.Receive(into, Forever)
			if err != nil {
				return nil // the benchmark has ended
			}
			if err := l.Send(into[:n], Forever); err != nil {
				return nil
			}
		case "sink":
			n, err := l.Receive(into, Forever)
			if err != nil {
				return nil
			}
			if n == 0 {
				_ = l.Send(nil, Forever)
			}
		case "each":
			empty := false
			if err := l.ReceiveEach(Forever, func(m []byte) { empty = len(m) == 0 }); err != nil {
				return nil
			}
			if empty {
				_ = l.Send(nil, Forever)
			}
		}
	}
}

// localLink is the local end of a link whose remote end runs linkRole.
func localLink(b *testing.B, part string) *Link {
	broker := testBroker(b)
	l := link(b, join(b, broker, "/local"), "/remote")
	start(b, "link", broker.Directory, part).line(b)
	return l
}

func BenchmarkLinkRoundTrip(b *testing.B) {
	for _, size := range []int{64, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			l := localLink(b, "echo")
			m := make([]byte, size)
			b.SetBytes(int64(2 * size))
			for b.Loop() {
				if err := l.Send(m, Forever); err != nil {
					b.Fatal(err)
				}
				if _, err := l.Receive(m, Forever); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLinkOneWay sends in one direction only; the remote end confirms at
// the end.
func BenchmarkLinkOneWay(b *testing.B) {
	flush := func(b *testing.B, l *Link) {
		if err := l.Send(nil, Forever); err != nil {
			b.Fatal(err)
		}
		if _, err := l.ReceiveMessage(Forever); err != nil {
			b.Fatal(err)
		}
	}
	for _, size := range []int{64, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			l := localLink(b, "sink")
			m := make([]byte, size)
			b.SetBytes(int64(size))
			for b.Loop() {
				if err := l.Send(m, Forever); err != nil {
					b.Fatal(err)
				}
			}
			flush(b, l)
		})
	}
	b.Run("raw-1048576", func(b *testing.B) { benchmarkRaw(b, 1<<20) })
	b.Run("raw-64", func(b *testing.B) { benchmarkRaw(b, 64) })
	for _, part := range []string{"sink", "each"} {
		b.Run("64-packed-"+part, func(b *testing.B) {
			l := localLink(b, part)
			p := l.NewPacker()
			m := make([]byte, 64)
			b.SetBytes(int64(len(m)))
			for b.Loop() {
				if err := p.Send(m, Forever); err != nil {
					b.Fatal(err)
				}
			}
			if err := p.Flush(Forever); err != nil {
				b.Fatal(err)
			}
			flush(b, l)
		})
	}
}

// benchmarkRaw is the baseline: the same kind of socket without this package.
func benchmarkRaw(b *testing.B, size int) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		b.Fatal(err)
	}
	for _, fd := range fds {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, linkBuffer)
	}
	remote := os.NewFile(uintptr(fds[1]), "remote")
	cmd := exec.Command(self, fmt.Sprint(size))
	cmd.Env = append(os.Environ(), roleVariable+"=raw")
	cmd.ExtraFiles = []*os.File{remote}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer cmd.Wait()
	defer unix.Close(fds[0])
	remote.Close()
	m := make([]byte, size)
	b.SetBytes(int64(size))
	for b.Loop() {
		if err := unix.Send(fds[0], m, unix.MSG_NOSIGNAL); err != nil {
			b.Fatal(err)
		}
	}
	_ = unix.Shutdown(fds[0], unix.SHUT_WR)
	_, _ = unix.Read(fds[0], m)
}

// rawRole receives on descriptor 3 until end of file.
func rawRole(args []string) error {
	size, _ := strconv.Atoi(args[0])
	m := make([]byte, size)
	for {
		if n, err := unix.Read(3, m); n <= 0 {
			return err
		}
	}
}
