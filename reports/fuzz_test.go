package reports

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

// FuzzRead: whatever a file holds, it is refused with its line, or becomes a
// record that every form can show and that passes only if it ended.
func FuzzRead(f *testing.F) {
	head, foot := `{"header":{"format":1}}`+"\n", `{"footer":{"exit":0}}`+"\n"
	f.Add([]byte(head + `{"requirement":"BUF-FIFO","verdict":"pass","checks":[{"kind":"race","verdict":"pass"}]}` + "\n" + foot))
	f.Add([]byte(head + `{"requirement":"A","verdict":"timeout","evidence":{"did":["x"],"saw":"\u001b[1m","blocked":[{"process":"p","seconds":1}],"output":[{"text":"a\nb"}],"picture":"|","svg":"<svg/>"}}` + "\n" + foot))
	f.Add([]byte(head + `{"requirement":"A","verdict":"skipped"}` + "\n" + `{"requirement":"A","verdict":"kit-error"}` + "\n" + `{"footer":{"error":"x"}}`))
	f.Add([]byte(head + `{"requirement":"A","verdict":"pass","checks":[{"kind":"performance","verdict":"pass","measure":{"figure":"<x>","unit":"ns","claimed":1.5,"ratio":2,"low":1,"rounds":[{"subject":1,"baseline":2,"again":0},{"subject":0,"baseline":1e300},{"subject":-1,"baseline":1e-300,"again":9}],"curves":[{"name":"a\"","axis":"bytes","points":[{"x":8,"y":1,"low":1,"high":2},{"x":1e308,"y":1e-308}]},{"name":"b","axis":"bytes","points":[{"x":8,"y":3}]},{"axis":"percentile","points":[{"x":100,"y":1},{"x":99.9,"y":-1}]},{"axis":"pairs","points":[{"x":1000000,"y":1}]}],"limits":[{"unit":"ns"}]}}]}` + "\n" + foot))
	f.Add([]byte(head + `{"requirement":"`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := read(bytes.NewReader(text))
		if err != nil {
			if err.Error()[0] < '1' || err.Error()[0] > '9' {
				t.Fatalf("%v: want the number of the line first", err)
			}
			return
		}
		if r.Footer == nil && r.Exit(false) == ExitPass {
			t.Fatal("a record without a footer exits 0")
		}
		for _, result := range r.Results {
			if worst := result.Exit(false); WorstExit(worst, r.Exit(false)) != r.Exit(false) {
				t.Fatalf("%s asks for %d, the record exits %d", result.Requirement, worst, r.Exit(false))
			}
		}
		var page, document, junit bytes.Buffer
		for name, err := range map[string]error{
			"terminal": Terminal(io.Discard, r, TerminalOptions{Color: true, Verbose: true}),
			"ASCII":    Terminal(io.Discard, r, TerminalOptions{ASCII: true, Width: 1}),
			"JUnit":    JUnit(&junit, r), "JSON": JSON(&document, r), "Markdown": Markdown(io.Discard, r),
			"HTML": HTML(&page, r), "annotations": Annotations(io.Discard, r),
		} {
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if !strings.HasSuffix(strings.TrimSpace(page.String()), "</html>") {
			t.Fatal("the page is cut off")
		}
		for _, p := range r.Pictures() {
			wellFormed(t, p.Name, p.SVG)
		}
		if !json.Valid(document.Bytes()) {
			t.Fatal("the JSON document is none")
		}
		for decoder := xml.NewDecoder(&junit); ; {
			if _, err := decoder.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("JUnit: %v", err)
			}
		}
	})
}
