package reports

import "fmt"

// maxCycle is the longest cycle of steps that is looked for.
const maxCycle = 8

// fold lists steps that are repeated one after the other once, with their number.
func fold(steps []string) []string {
	var folded []string
	for i := 0; i < len(steps); {
		length, times := cycle(steps[i:])
		folded = append(folded, steps[i:i+length]...)
		switch {
		case times == 1:
		case length == 1:
			folded = append(folded, fmt.Sprintf("… the same again, %d times", times-1))
		default:
			folded = append(folded, fmt.Sprintf("… these %d steps again, %d times", length, times-1))
		}
		i += length * times
	}
	return folded
}

// cycle gives the length of the cycle with which steps begin and how often it
// comes: the one that covers most. Less than three times is no cycle.
func cycle(steps []string) (length, times int) {
	length, times = 1, 1
	for n := 1; n <= min(maxCycle, len(steps)/3); n++ {
		k := 1
		for same(steps, n, k) {
			k++
		}
		if k >= 3 && n*k > length*times {
			length, times = n, k
		}
	}
	return length, times
}

// same reports whether the kth group of n steps, from 0, is like the first.
func same(steps []string, n, k int) bool {
	if (k+1)*n > len(steps) {
		return false
	}
	for i := range n {
		if steps[k*n+i] != steps[i] {
			return false
		}
	}
	return true
}
