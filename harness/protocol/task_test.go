package protocol_test

import (
	"testing"

	"github.com/ipckit/ipckit/harness/protocol"
)

// TestTask compares trial division with the sieve of Eratosthenes.
func TestTask(t *testing.T) {
	const tasks, base, numbers = 5, 1_000_000, 8_000
	composite := make([]bool, base+tasks*numbers)
	var want [tasks]uint64
	for n := 2; n < len(composite); n++ {
		if composite[n] {
			continue
		}
		for m := n * n; m < len(composite); m += n {
			composite[m] = true
		}
		if n >= base {
			want[(n-base)/numbers]++
		}
	}
	for n, primes := range want {
		if got := protocol.Task(uint64(n)); got != primes {
			t.Errorf("task %d finds %d primes; there are %d", n, got, primes)
		}
	}
}

func BenchmarkTask(b *testing.B) {
	for b.Loop() {
		protocol.Task(7)
	}
}
