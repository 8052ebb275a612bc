package reports

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// A Record is a run as it was written down, with the lines of each requirement
// made into one.
type Record struct {
	Path      string   `json:"path,omitempty"`
	Header    Header   `json:"header"`
	Results   []Result `json:"results"`
	Footer    *Footer  `json:"footer,omitempty"`
	Truncated bool     `json:"truncated,omitempty"` // the last line was cut off and is not in Results
}

// Read reads a record. A line that cannot be one is an error that names file,
// line and word; a last line that was cut off, as by a kill or a full disk, is
// left out and noted in [Record.Truncated].
func Read(path string) (*Record, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w: name a report.jsonl", path, bare(err))
	}
	defer file.Close()
	r, err := read(file)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	r.Path = path
	return r, nil
}

// read gives errors that begin with the line's number and a colon.
func read(from io.Reader) (*Record, error) {
	b := &builder{}
	in := bufio.NewReaderSize(from, 1<<16)
	number := 0
	for {
		text, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%d: %w", number+1, err)
		}
		whole := err == nil
		if len(text) == 0 {
			break
		}
		number++
		l, lineErr := parseLine(text)
		if lineErr != nil {
			if whole || number == 1 {
				return nil, fmt.Errorf("%d: %w", number, lineErr)
			}
			b.record.Truncated = true
			break
		}
		if err := b.add(l, number); err != nil {
			return nil, fmt.Errorf("%d: %w", number, err)
		}
		if !whole {
			break
		}
	}
	if number == 0 {
		return nil, errors.New("1: the record is empty: want a header first; run the check again")
	}
	return b.done(), nil
}

// add takes a line into the record.
func (b *builder) add(l Line, number int) error {
	r := &b.record
	switch {
	case (l.Header != nil) != (number == 1):
		if number == 1 {
			return errors.New("a record begins with its header, but this line is a " + l.part())
		}
		return errors.New("a second header: one record holds one run")
	case r.Footer != nil:
		return fmt.Errorf("a %s after the footer, which must be the last line", l.part())
	case l.Header != nil:
		if l.Header.Format < 1 {
			return fmt.Errorf("the header's format is %d: want %d", l.Header.Format, FormatVersion)
		}
		r.Header = *l.Header
	case l.Footer != nil:
		r.Footer = l.Footer
	default:
		if l.Verdict.known() {
			b.merged.add(*l.Result)
			return nil
		}
		return r.unknownVerdict(l.Result.Requirement, l.Verdict)
	}
	return nil
}

func (r *Record) unknownVerdict(id string, v Verdict) error {
	if r.Header.Format > FormatVersion {
		return fmt.Errorf("%s has the verdict %q of format %d, and this ipckit knows format %d: read it with the ipckit that wrote it (%s)",
			id, v, r.Header.Format, FormatVersion, r.Header.Kit)
	}
	words := make([]string, len(Verdicts))
	for i, known := range Verdicts {
		words[i] = string(known)
	}
	return fmt.Errorf("%s has the verdict %q: want one of %s", id, v, strings.Join(words, ", "))
}

// part names what a line holds.
func (l Line) part() string {
	switch {
	case l.Header != nil:
		return "header"
	case l.Footer != nil:
		return "footer"
	}
	return "result"
}

// parseLine reads a line and sees to it that it is exactly one thing.
func parseLine(text []byte) (Line, error) {
	var l Line
	if err := json.Unmarshal(text, &l); err != nil {
		return l, atWord(text, err)
	}
	parts := 0
	for _, there := range []bool{l.Header != nil, l.Result != nil, l.Footer != nil} {
		if there {
			parts++
		}
	}
	switch {
	case parts == 0:
		return l, fmt.Errorf("want a header, a requirement or a footer, got %s", quote(text))
	case parts > 1:
		return l, fmt.Errorf("want one of header, requirement and footer, got more in %s", quote(text))
	case l.Result != nil && l.Requirement == "":
		return l, fmt.Errorf("a result without a requirement's id: %s", quote(text))
	case l.Result != nil:
		for _, c := range l.Checks {
			if !c.Verdict.known() {
				return l, fmt.Errorf("a check of %s has the verdict %q, which is none", l.Requirement, c.Verdict)
			}
		}
	}
	return l, nil
}

// atWord names the word that JSON's reader stopped at.
func atWord(text []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("this is no JSON: %w, at %s", syntax, quote(word(text, syntax.Offset)))
	case errors.As(err, &kind):
		return fmt.Errorf("%q is a JSON %s: want a Go %s", strings.TrimPrefix(kind.Field, "Result."), kind.Value, kind.Type)
	}
	return fmt.Errorf("this is no line of a record: %w", err)
}

// word gives the text around an offset, to the next blank on each side.
func word(text []byte, offset int64) []byte {
	at := min(max(int(offset)-1, 0), len(text))
	from := bytes.LastIndexAny(text[:at], " \t\r\n,{}[]") + 1
	to := bytes.IndexAny(text[at:], " \t\r\n,{}[]")
	if to < 0 {
		to = len(text)
	} else {
		to += at
	}
	if from >= to { // the blank or bracket itself
		from, to = at, min(at+1, len(text))
	}
	return text[from:to]
}

// quote shows the beginning of a line.
func quote(text []byte) string {
	const enough = 60
	text = bytes.TrimSpace(text)
	if len(text) > enough {
		return fmt.Sprintf("%q …", text[:enough])
	}
	return fmt.Sprintf("%q", text)
}
