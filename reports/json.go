package reports

import (
	"encoding/json"
	"io"
)

// document is a record as one JSON value, with what follows from it.
type document struct {
	*Record
	Ended    bool            `json:"ended"`
	Counts   map[Verdict]int `json:"counts"`
	Exit     int             `json:"exit"`
	Headline string          `json:"headline"`
}

// JSON writes the record as one indented JSON document: header, results merged
// by requirement, footer, and what follows from them (ended, counts, exit,
// headline). exit is that of a run that is not strict.
func JSON(w io.Writer, r *Record) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	d := document{Record: r, Ended: r.Ended(), Counts: r.Counts(), Exit: r.Exit(false), Headline: r.Headline()}
	if d.Results == nil {
		copied := *r
		copied.Results = []Result{}
		d.Record = &copied
	}
	return encoder.Encode(d)
}
