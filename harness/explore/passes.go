package explore

// A loop over a table, or a copy, passes by the same instructions once for each
// element, and to leave each pass makes the search longer by the square of the
// table's length. So of an agent's turn that is longer than manyPoints, an
// instruction that one operation passes by often is a point to switch at the
// first times and the last ones only, unless the scenario asks for every pass.
const (
	manyPoints  = 128
	firstPasses = 4
	lastPasses  = 2
)

// Passes is the bound that this sets, in words.
const Passes = "in loops the first 4 passes and the last 2"

// choose gives those of a turn's points that are switched at, in order, and how
// many are left out.
func choose(points []point, every bool) (chosen []point, leftOut int) {
	if every || len(points) <= manyPoints {
		return points, 0
	}
	type passed struct {
		op      int
		at      codeAddress
		between bool
	}
	key := func(p point) passed { return passed{p.Op, p.at, p.Between} }
	total, seen := map[passed]int{}, map[passed]int{}
	for _, p := range points {
		total[key(p)]++
	}
	for _, p := range points {
		k := key(p)
		if seen[k]++; seen[k] > firstPasses && seen[k] <= total[k]-lastPasses {
			leftOut++
			continue
		}
		chosen = append(chosen, p)
	}
	return chosen, leftOut
}
