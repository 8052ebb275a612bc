package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// A Bench is what implementations measure side by side, as it is saved. It holds no
// verdict.
type Bench struct {
	Format      int       `json:"format"`
	Kit         string    `json:"kit"`
	Command     string    `json:"command,omitempty"`
	Host        string    `json:"host,omitempty"`
	Processor   string    `json:"processor,omitempty"` // its model
	CPUs        int       `json:"cpus"`
	Kernel      string    `json:"kernel,omitempty"`
	Time        time.Time `json:"time"`
	Seconds     float64   `json:"seconds"`
	Rounds      int       `json:"rounds"`
	Interrupted bool      `json:"interrupted,omitempty"`
	Left        []Left    `json:"left,omitempty"` // what was not measured, or not to the end
	Rows        []Row     `json:"rows"`
	Counts      []Count   `json:"counts,omitempty"`
}

// A Count is a figure that was counted after the rounds.
type Count struct {
	Title   string  `json:"title"`
	Unit    string  `json:"unit"`
	Name    string  `json:"name"` // of the contestant
	Value   float64 `json:"value"`
	Most    float64 `json:"most"` // that it may be in truth
	Promise string  `json:"promise,omitempty"`
}

// counted is the table of what was counted: a row for each contestant.
func (b *Bench) counted() (table [][]string) {
	head, names := []string{"counted"}, []string(nil)
	for _, c := range b.Counts {
		if !slices.Contains(head, c.Title) {
			head = append(head, c.Title)
		}
		if !slices.Contains(names, c.Name) {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	table = [][]string{head}
	for _, name := range names {
		row := append([]string{"  " + oneLine(name, 60)}, slices.Repeat([]string{"–"}, len(head)-1)...)
		for _, c := range b.Counts {
			if c.Name == name {
				row[slices.Index(head, c.Title)] = figure(c.Value)
			}
		}
		table = append(table, row)
	}
	return table
}

// BenchFormat is the version of the form in which a bench is saved.
const BenchFormat = 1

// Left says why something was left out.
type Left struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// A Row is one figure of all that have it.
type Row struct {
	Title string `json:"title"`
	Size  int64  `json:"size,omitempty"` // bytes of a message
	Trip  bool   `json:"trip,omitempty"` // a round trip; else a message of many
	Cells []Cell `json:"cells"`
	Limit *Cell  `json:"limit,omitempty"` // of the machine, in the same rounds
}

// A Cell is a figure of one contestant. Costs are in ns, the smaller the better; ends
// of intervals that the rounds do not give yet are 0.
type Cell struct {
	Name    string    `json:"name"`
	Costs   []float64 `json:"costs"` // by round; 0: not measured in it
	Cost    float64   `json:"cost"`  // median
	Low     float64   `json:"low,omitempty"`
	High    float64   `json:"high,omitempty"`
	OfBest  *Times    `json:"of_best,omitempty"`  // cost / cost of the best; nil: it is the best
	OfLimit *Times    `json:"of_limit,omitempty"` // cost / the limit's
	Promise []string  `json:"promise,omitempty"`  // the strongest claims that the rounds support, in the form of a claims file
}

// Times is a ratio with its interval.
type Times struct {
	Ratio float64 `json:"ratio"`
	Low   float64 `json:"low,omitempty"`
	High  float64 `json:"high,omitempty"`
}

// Save writes the bench.
func (b *Bench) Save(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(b)
}

// ReadBench reads what Save wrote.
func ReadBench(r io.Reader) (*Bench, error) {
	var b Bench
	if err := json.NewDecoder(r).Decode(&b); err != nil {
		return nil, fmt.Errorf("this is no saved bench: %w", err)
	}
	if b.Format == 0 || len(b.Rows) == 0 {
		return nil, errors.New("this is no saved bench: it has no format, or no rows")
	}
	if b.Format > BenchFormat {
		return nil, fmt.Errorf("the saved bench has format %d, and this version of ipckit knows %d: use a later one", b.Format, BenchFormat)
	}
	return &b, nil
}

// show writes a cost in the unit of the row.
func (r *Row) show(cost float64) string {
	switch {
	case cost <= 0:
		return "–"
	case r.Trip:
		return Nanoseconds(cost)
	case r.Size >= 4096:
		return figure(float64(r.Size)/cost) + " GB/s"
	}
	return figure(1000/cost) + " M/s"
}

// showRange writes an interval of costs; as rates, what costs least is most.
func (r *Row) showRange(low, high float64) string {
	if !r.Trip {
		low, high = high, low
	}
	switch {
	case low > 0 && high > 0:
		return r.show(low) + " to " + r.show(high)
	case low <= 0 && high <= 0:
		return ""
	case low > 0:
		return "from " + r.show(low)
	}
	return "to " + r.show(high)
}

func (t *Times) show() string {
	if t == nil {
		return "–"
	}
	s := figure(t.Ratio)
	switch {
	case t.Low > 0 && t.High > 0:
		s += fmt.Sprintf(" (%s to %s)", figure(t.Low), figure(t.High))
	case t.Low > 0:
		s += fmt.Sprintf(" (from %s)", figure(t.Low))
	case t.High > 0:
		s += fmt.Sprintf(" (to %s)", figure(t.High))
	}
	return s
}

// Nanoseconds writes a time with three digits, in the unit that reads best.
func Nanoseconds(ns float64) string { return quantity(ns, "ns") }
