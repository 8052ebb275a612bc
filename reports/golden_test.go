package reports_test

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/reports"
)

var update = flag.Bool("update", false, "write the golden files from what is rendered now")

// TestGolden holds what people read of one failing subject of each kind: each
// record of testdata/golden beside which its renderings stand. After a change of
// the words, read the difference that `go test ./reports -update` makes.
func TestGolden(t *testing.T) {
	records, err := filepath.Glob("testdata/golden/*.jsonl")
	if err != nil || len(records) < 10 {
		t.Fatalf("the records are %v, %v", records, err)
	}
	for _, path := range records {
		r := read(t, path)
		if r.Exit(false) == reports.ExitPass {
			t.Errorf("%s falls short in nothing", path)
		}
		for ending, form := range map[string]func(io.Writer, *reports.Record) error{
			".txt":  terminal(reports.TerminalOptions{Width: 80}),
			".html": reports.HTML,
			".md":   reports.Markdown,
			".xml":  reports.JUnit,
		} {
			name := strings.TrimSuffix(path, ".jsonl") + ending
			t.Run(filepath.Base(name), func(t *testing.T) {
				got := framed(render(t, r, form))
				if *update {
					if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(name)
				if err != nil {
					t.Fatalf("%v: go test ./reports -update writes it", err)
				}
				if got != string(want) {
					t.Errorf("it reads otherwise than %s; if that is meant: go test ./reports -update\n%s", name, firstDifference(string(want), got))
				}
			})
		}
	}
}

// frame is what is the same on each page: style, script and the hash of the script.
var frame = regexp.MustCompile(`(?s)<style>.*?</style>|<script>.*?</script>|'sha256-[^']*'`)

func framed(text string) string {
	return frame.ReplaceAllStringFunc(text, func(part string) string {
		for _, end := range []string{"</style>", "</script>"} {
			if strings.HasSuffix(part, end) {
				return strings.Replace(end, "/", "", 1) + end
			}
		}
		return "'sha256-'"
	})
}

// firstDifference shows the first line in which two texts differ.
func firstDifference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "- " + a[i] + "\n+ " + b[i]
		}
	}
	return "one is longer than the other"
}

// TestGoldenSaysNothingTwice: in a story on a terminal no line, however it is
// indented, stands twice in a row, and no part of a line is repeated behind a
// colon.
func TestGoldenSaysNothingTwice(t *testing.T) {
	twice := regexp.MustCompile(`([^:]{12,}): ([^:]{12,})`)
	records, _ := filepath.Glob("testdata/golden/*.jsonl")
	for _, path := range records {
		for _, result := range read(t, path).Results {
			for _, m := range twice.FindAllStringSubmatch(result.Message, -1) {
				if strings.HasPrefix(m[2], m[1]) {
					t.Errorf("%s, %s: %s", path, result.Requirement, result.Message)
				}
			}
		}
		before := ""
		for line := range strings.Lines(render(t, read(t, path), terminal(reports.TerminalOptions{Width: 200}))) {
			line = strings.TrimSpace(line)
			if line == before && line != "" && !strings.HasPrefix(line, "·") { // a step may be done twice
				t.Errorf("%s: twice: %s", path, line)
			}
			before = line
		}
	}
}
