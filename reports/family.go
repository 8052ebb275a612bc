package reports

import "strings"

// family is the part of the id before the first dash: REG, BUF, BOX.
func (r *Result) family() string {
	id, _, _ := strings.Cut(r.Requirement, "-")
	return id
}

// group is a family with its results.
type group struct {
	Family
	Results []Result
}

// counts counts the family's verdicts.
func (g *group) counts() map[Verdict]int { return count(g.Results) }

// groups splits the results by family, in the record's order.
func (r *Record) groups() []group {
	var list []group
	for _, result := range r.Results {
		id := result.family()
		if n := len(list); n == 0 || list[n-1].ID != id {
			g := group{Family: Family{ID: id, Model: result.Model}}
			for _, f := range r.Header.Families {
				if f.ID == id {
					g.Family = f
				}
			}
			list = append(list, g)
		}
		last := &list[len(list)-1]
		last.Results = append(last.Results, result)
	}
	return list
}

func count(results []Result) map[Verdict]int {
	counts := map[Verdict]int{}
	for _, r := range results {
		counts[r.Verdict]++
	}
	return counts
}
