// Package nearest finds what somebody probably meant by a word that is not
// there.
package nearest

import (
	"cmp"
	"slices"
	"strings"
)

// Words gives up to three candidates that resemble word, the likeliest first:
// those within a third of its letters by edit distance, and those of which one
// begins with the other. Case does not count, and a word of one letter is like
// no other.
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

// Hint gives "; did you mean A or B?", or nothing where no candidate is near.
func Hint(word string, candidates []string) string {
	words := Words(word, candidates)
	if len(words) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(words, " or ") + "?"
}

// begins reports whether a candidate begins with the word, which somebody cut
// short, or makes up most of it. Two letters are too few to say anything.
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
