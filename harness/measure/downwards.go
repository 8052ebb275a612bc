package measure

// Downwards judges a promise of several figures that stand in an order, such as
// sizes: it holds where it holds for each of them. They are tested from the last one
// down, and the first that has not passed ends that, so that all together pass wrongly
// no more often than one. What speaks against any of them is counted together: the
// mean of their e-values is evidence against the whole.
func Downwards(all []*Evidence) Decision {
	against, open := 0.0, false
	for i := len(all) - 1; i >= 0; i-- {
		_, fail := all[i].EValues()
		against += fail / float64(len(all))
		open = open || all[i].Decision() != Pass
	}
	switch {
	case against >= 1/AlphaFail:
		return Fail
	case open:
		return Open
	}
	return Pass
}
