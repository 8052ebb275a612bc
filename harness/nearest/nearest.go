// Package nearest finds the words that a misspelt word may stand for.
package nearest

import (
	"cmp"
	"slices"
	"strings"
)

// Words returns up to three candidates that resemble word, the most similar first:
// those whose edit distance is at most a third of its length, and those of which
// one begins with the other. Case is ignored. A word of one letter resembles no
// other.
func Words(word string, candidates []string) []string {
	type scored struct {
		text  string
		score int
	}
	var near []scored
	lower := strings.ToLower(word)
	limit := max(1, len(lower)/3)
	for _, c := range candidates {
		other := strings.ToLower(c)
		d := distance(lower, other)
		if d > limit && begins(lower, other) {
			d = limit
		}
		if d <= limit && d < len(lower) {
			near = append(near, scored{c, d})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	var words []string
	for _, n := range near[:min(3, len(near))] {
		words = append(words, n.text)
	}
	return words
}

// Hint returns "; did you mean A or B?", or "" if no candidate is near.
func Hint(word string, candidates []string) string {
	words := Words(word, candidates)
	if len(words) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(words, " or ") + "?"
}

// begins reports whether a candidate begins with the word, as if the word were cut
// short, or the word with a candidate that is more than half of it. Words of two
// letters begin too many others to count.
func begins(word, candidate string) bool {
	return len(word) >= 3 && strings.HasPrefix(candidate, word) ||
		2*len(candidate) > len(word) && strings.HasPrefix(word, candidate)
}

// distance counts the insertions, deletions, substitutions and swaps of
// neighbours that turn a into b (optimal string alignment).
func distance(a, b string) int {
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
