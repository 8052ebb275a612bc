package reports

// paint colours text for a terminal, or leaves it alone.
type paint bool

// Select graphic rendition, ECMA-48 8.3.117.
const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (p paint) as(code, text string) string {
	if !p || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// colour gives the colour of a verdict.
func colour(v Verdict) string {
	switch {
	case v == Pass:
		return green
	case !v.judged():
		return dim
	case v == Skipped || v == Inconclusive || v == KnownFail || v == KnownFixed || v == Expired:
		return yellow
	}
	return red
}
