package reports

import (
	"slices"
	"time"
)

// A Journal writes a record to its file, line by line, and keeps in memory what
// it wrote: what it says of a run does not depend on what becomes of the file. It
// is used by one goroutine at a time.
type Journal struct {
	writer *Writer
	kept   builder
}

// Begin begins a record at path with its header. A file that is there already
// is replaced.
func Begin(path string, h Header) (*Journal, error) {
	if h.Format == 0 {
		h.Format = FormatVersion
	}
	w, err := Create(path, h)
	if err != nil {
		return nil, err
	}
	return &Journal{writer: w, kept: builder{record: Record{Path: path, Header: h}}}, nil
}

// Result appends a requirement's line. A requirement may have several; see
// [Line].
func (j *Journal) Result(r Result) error {
	if err := j.writer.Result(r); err != nil {
		return err
	}
	j.kept.merged.add(r)
	return nil
}

// Footer closes the record. Nothing may be appended after it.
func (j *Journal) Footer(f Footer) error {
	j.kept.record.Footer = &f
	return j.writer.Footer(f)
}

// Close closes the file. A record without a footer stays one that has not
// ended.
func (j *Journal) Close() error { return j.writer.Close() }

// Record gives the record so far.
func (j *Journal) Record() *Record { return j.kept.done() }

// A builder makes a record of its lines.
type builder struct {
	record Record
	merged merger
}

// done gives the record of the lines so far.
func (b *builder) done() *Record {
	r := b.record
	r.Results = arrange(slices.Clone(b.merged.results), r.Header.Families)
	return &r
}

// Closing gives the footer of a record whose run came to its end: what the
// results come to.
func (r *Record) Closing(strict bool, began time.Time) Footer {
	return Footer{
		Counts: r.Counts(), Headline: r.Finding(), Exit: r.Verdicts(strict),
		Seconds: time.Since(began).Seconds(), Time: time.Now().UTC(),
	}
}
