package reports

// A Measure is what one measured promise rests on: its claim, the figures of the
// run, and how they were judged. Costs are smaller the better; a ratio is how many
// times as good as the baseline the subject is: cost of baseline / cost of subject.
type Measure struct {
	Figure   string  `json:"figure"`             // what was measured, such as "round trip"
	Of       string  `json:"of,omitempty"`       // profile whose object was measured
	Size     int64   `json:"size,omitempty"`     // bytes of a message
	Pairs    int     `json:"pairs,omitempty"`    // of processes, where more than one
	Rate     float64 `json:"rate,omitempty"`     // messages a second, where they are sent at intended times
	Unit     string  `json:"unit"`               // of costs: ns, calls/message, bytes/object, µs/s
	Subject  string  `json:"subject"`            // its name
	Baseline string  `json:"baseline,omitempty"` // its name; "": the claim is a bound in Unit
	Claim    string  `json:"claim,omitempty"`    // as it was made, such as "at least 1.5 times as good as pipe"

	// Of a claim against a baseline.
	Claimed  float64 `json:"claimed,omitempty"`  // the ratio that must be exceeded in more than half of the rounds
	Ratio    float64 `json:"ratio,omitempty"`    // median over the rounds
	Low      float64 `json:"low,omitempty"`      // interval of the ratio, valid at any time
	High     float64 `json:"high,omitempty"`     // 0: no end yet
	Supports float64 `json:"supports,omitempty"` // the strongest ratio that this run supports; 0: none
	EPass    float64 `json:"e_pass,omitempty"`   // e-values: evidence that the claim holds,
	EFail    float64 `json:"e_fail,omitempty"`   // that it does not,
	EAgain   float64 `json:"e_again,omitempty"`  // and that the baseline differs from itself
	Rounds   []Round `json:"rounds,omitempty"`

	// Of a bound.
	Bound float64 `json:"bound,omitempty"` // in Unit, the most that was claimed
	Value float64 `json:"value,omitempty"` // in Unit, what was measured

	Limits []Limit `json:"limits,omitempty"` // of the machine, measured in the same run
	Curves []Curve `json:"curves,omitempty"` // cost over size, percentiles, scaling
}

// A Round is one cost of each, measured next to each other.
type Round struct {
	Subject  float64 `json:"subject"`
	Baseline float64 `json:"baseline"`
	Again    float64 `json:"again,omitempty"` // of a second copy of the baseline
}

// A Limit is what the machine itself allows.
type Limit struct {
	Name  string  `json:"name"` // limit.line …
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
}

// What the points of a curve stand over.
const (
	AxisSize       = "bytes"      // of a message: its cost
	AxisPercentile = "percentile" // 99.9: what the fastest 99.9 of 100 messages cost at most
	AxisPairs      = "pairs"      // messages a second of all pairs together
)

// A Curve is one line of a picture.
type Curve struct {
	Name   string  `json:"name"` // of the subject or the baseline
	Axis   string  `json:"axis"` // AxisSize, AxisPercentile or AxisPairs
	Points []Point `json:"points"`
}

// A Point is a value with its band.
type Point struct {
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
	Low  float64 `json:"low,omitempty"`
	High float64 `json:"high,omitempty"`
}
