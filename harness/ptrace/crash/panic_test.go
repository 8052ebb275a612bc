package crash

import "testing"

func TestPanic(t *testing.T) {
	for _, x := range []struct{ printed, want string }{
		{"", ""},
		{"Segmentation fault", ""},
		{`one
panic: runtime error: index out of range [5] with length 5

goroutine 34 [running, locked to thread]:
runtime.gopanic({0x1?, 0x2?})
	/usr/lib/go/src/runtime/panic.go:770 +0x132
example.com/x/ring.(*Ring).Put(0xc000018030, {0xc0000180a0, 0x8, 0x8})
	/home/x/ring/ring.go:71 +0x1d
github.com/ipckit/ipckit/harness/host.(*queue).put(...)
	/root/host/queue.go:20
`, "panic: index out of range [5] with length 5, in ring.(*Ring).Put (ring.go:71)"},
		{"fatal error: all goroutines are asleep - deadlock!\n", "panic: all goroutines are asleep - deadlock!"},
	} {
		if got := Panic(x.printed); got != x.want {
			t.Errorf("got %q, want %q", got, x.want)
		}
	}
}
