package reports

import "fmt"

// maxCycle is the longest cycle of steps that is looked for.
const maxCycle = 16

// fold lists steps that are repeated one after the other once, with their number.
func fold(steps []string) []string {
	return folded(steps, 3, func(s string) string { return s }, func(_ []string, again string) string { return again })
}

// folded lists the elements that are repeated one after the other once, and an element
// that says how often, which note makes of the group. Elements of the same key are the
// same; what is repeated less than least times is no cycle.
func folded[T any](list []T, least int, key func(T) string, note func(group []T, again string) T) []T {
	keys := make([]string, len(list))
	for i, x := range list {
		keys[i] = key(x)
	}
	var all []T
	for i := 0; i < len(list); {
		length, times := cycle(keys[i:], least)
		all = append(all, list[i:i+length]...)
		group := list[i : i+length*times]
		switch {
		case times == 1:
		case length == 1:
			all = append(all, note(group, fmt.Sprintf("… the same again, %d times", times-1)))
		default:
			all = append(all, note(group, fmt.Sprintf("… these %d steps again, %d times", length, times-1)))
		}
		i += length * times
	}
	return all
}

// cycle gives the length of the cycle with which steps begin and how often it
// comes, at least so often: the one that covers most.
func cycle(steps []string, least int) (length, times int) {
	length, times = 1, 1
	for n := 1; n <= min(maxCycle, len(steps)/least); n++ {
		k := 1
		for same(steps, n, k) {
			k++
		}
		if k >= least && n*k > length*times {
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
