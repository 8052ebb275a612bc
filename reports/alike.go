package reports

import (
	"fmt"
	"regexp"
	"strings"
)

// enoughAlike is how many results have to fall short alike before they are told
// as one: two are no pattern, and cost little to read.
const enoughAlike = 3

// alike finds, among results that fell short, those that came to the same end in
// the same way: the same verdict, after the same was done and seen, apart from
// numbers and from names that were made up for the run. One cause did for them
// all as a rule, such as a function that is not written yet. It gives the
// others of a group under the first one's index, and only groups worth it.
func alike(results []Result) (others map[int][]*Result, told map[int]bool) {
	first := map[string]int{}
	others, told = map[int][]*Result{}, map[int]bool{}
	for i := range results {
		r := &results[i]
		if r.Verdict.Exit(false) == ExitPass {
			continue
		}
		key := r.fate()
		if f, ok := first[key]; ok {
			others[f] = append(others[f], r)
			told[i] = true
		} else {
			first[key] = i
		}
	}
	for f, list := range others {
		if len(list)+1 >= enoughAlike {
			continue
		}
		delete(others, f)
		for i := range results {
			if told[i] && first[results[i].fate()] == f {
				delete(told, i)
			}
		}
	}
	return others, told
}

// madeUp are the parts of a story that differ from run to run, or from one
// requirement's arrangement to the other's.
var madeUp = regexp.MustCompile(`/ipckit-[a-z0-9-]+|[0-9]+`)

// fate is how a result came about, without what is particular to it.
func (r *Result) fate() string {
	parts := []string{string(r.Verdict), r.Message}
	if e := r.Evidence; e != nil {
		parts = append(parts, e.Saw)
		parts = append(parts, e.Did...)
	}
	return madeUp.ReplaceAllString(strings.Join(parts, "\n"), "#")
}

// maxCycle is how many steps a cycle may have that is told once.
const maxCycle = 8

// fold tells steps that come again and again, one after the other, once.
func fold(steps []string) []string {
	var told []string
	for i := 0; i < len(steps); {
		length, times := cycle(steps[i:])
		told = append(told, steps[i:i+length]...)
		switch {
		case times == 1:
		case length == 1:
			told = append(told, fmt.Sprintf("… the same again, %d times", times-1))
		default:
			told = append(told, fmt.Sprintf("… these %d steps again, %d times", length, times-1))
		}
		i += length * times
	}
	return told
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
