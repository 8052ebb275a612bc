package help

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../../../.." // of the repository

// TestTopicsAreFiles: each topic has a file, and each file is a topic.
func TestTopicsAreFiles(t *testing.T) {
	names, err := fs.Glob(files, "*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if !slices.Contains(Names(), strings.TrimSuffix(name, ".md")) {
			t.Errorf("%s is no topic", name)
		}
	}
	for _, topic := range Topics {
		if text, ok := Text(topic.Name); !ok || !strings.HasPrefix(text, "# ") {
			t.Errorf("%s has no page, or one without a heading", topic.Name)
		}
	}
}

// TestPathsExist: a path of the repository that a page or README names is there.
func TestPathsExist(t *testing.T) {
	named := regexp.MustCompile("`((?:impl|harness|suites|reports|\\.github)/[^` ]*)`|\\]\\(([^)#:]+)\\)")
	pages := []string{filepath.Join(root, "README.md"), filepath.Join(root, ".github", "CONTRIBUTING.md")}
	for _, topic := range Topics {
		pages = append(pages, topic.Name+".md")
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range named.FindAllStringSubmatch(string(text), -1) {
			path := filepath.Join(root, m[1])
			if m[2] != "" {
				path = filepath.Join(filepath.Dir(page), m[2])
			}
			if strings.ContainsAny(path, "*<") { // a pattern
				continue
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s names %s, which is not there", page, m[0])
			}
		}
	}
}

// TestOtherTopicsExist: a page that points to another one names it right.
func TestOtherTopicsExist(t *testing.T) {
	for _, topic := range Topics {
		text, _ := Text(topic.Name)
		for _, m := range regexp.MustCompile("`ipckit help ([a-z-]+)`").FindAllStringSubmatch(text, -1) {
			if !slices.Contains(Names(), m[1]) {
				t.Errorf("%s points to %q, which is no topic", topic.Name, m[1])
			}
		}
	}
}

// TestRender: each construct on a narrow terminal, without colour and with it.
func TestRender(t *testing.T) {
	const page = "# Title\n\nA paragraph with `some code` that\nis wrapped.\n\n- one item\n  of two lines\n- two\n\n    a command\n\n```yaml\nkey: value   # kept\n```\n\n| a | b |\n|---|---|\n| `x` | a longer text in a cell |\n"
	const want = `Title
-----

A paragraph with ` + "`some" + `
code` + "`" + ` that is wrapped.

  - one item of two
    lines
  - two

    a command

    key: value   # kept

a    b
` + "`x`" + `  a longer text in a
     cell
`
	if got := Render(page, 24, false); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	coloured := Render(page, 24, true)
	if !strings.Contains(coloured, bold+"Title"+plain) || strings.Contains(coloured, "`") {
		t.Errorf("with colour:\n%q", coloured)
	}
	for _, topic := range Topics {
		text, _ := Text(topic.Name)
		code := false // which is not wrapped
		for line := range strings.Lines(Render(text, 80, false)) {
			code = strings.HasPrefix(line, indent)
			if width := visible(strings.TrimRight(line, "\n")); width > 80 && !code {
				t.Errorf("%s: %d columns: %s", topic.Name, width, line)
			}
		}
	}
}

// TestStatuses: the table is read, and its rows are in order.
func TestStatuses(t *testing.T) {
	var numbers []string
	for _, row := range Statuses() {
		numbers = append(numbers, row[0])
		if row[1] == "" {
			t.Errorf("status %s means nothing", row[0])
		}
	}
	if want := []string{"0", "1", "2", "3", "4", "5", "130"}; !slices.Equal(numbers, want) {
		t.Errorf("statuses %v, want %v", numbers, want)
	}
}
