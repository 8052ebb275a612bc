package messagepassing

import (
	"fmt"
	"os"
	"testing"
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

// There and back between two processes, through the office both ways.
func BenchmarkMailboxRoundTrip(b *testing.B) {
	for _, size := range []int{64, 4 << 10, 64 << 10, 1 << 20} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			o := testOffice(b)
			there := create(b, o, "/there", Shape{Capacity: 4, MessageMax: 1 << 20})
			back := create(b, o, "/back", Shape{Capacity: 4, MessageMax: 1 << 20})
			start(b, "echo", o.Directory, "/there", "/back").line(b)
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

// One process, sending and receiving by turns: what the office costs.
func BenchmarkMailboxAlone(b *testing.B) {
	o := testOffice(b)
	m := create(b, o, "/alone", Shape{Capacity: 4})
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
