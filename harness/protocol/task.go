package protocol

// A task of role compute counts the primes among taskNumbers numbers, by trial
// division: work for the processor alone, of some milliseconds.
const (
	taskBase    = 1_000_000
	taskNumbers = 8_000
)

// Task does task n: it counts the primes p with
// taskBase + n·taskNumbers ≤ p < taskBase + (n+1)·taskNumbers.
func Task(n uint64) (primes uint64) {
	first := taskBase + n*taskNumbers
	for p := first; p < first+taskNumbers; p++ {
		if prime(p) {
			primes++
		}
	}
	return primes
}

func prime(n uint64) bool {
	if n%2 == 0 {
		return n == 2
	}
	for d := uint64(3); d*d <= n; d += 2 {
		if n%d == 0 {
			return false
		}
	}
	return n > 1
}
