// Package help holds the manual of the command: a topic is a Markdown file of
// this directory, which reads well in the repository and, rendered, on a
// terminal. What the files say of the kit is compared with the code by tests.
package help

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed *.md
var files embed.FS

// A Topic is one page of the manual.
type Topic struct {
	Name  string // as it is asked for, and the name of its file
	About string // a few words
}

// Topics lists the pages in the order in which they are best read.
var Topics = []Topic{
	{"claims", "what ipckit.yaml says, and what can be promised"},
	{"plugging-in", "C, Go, Python, any executable"},
	{"programs", "unmodified programs"},
	{"load", "many processes at once, with faults"},
	{"races", "every interleaving of two operations"},
	{"measuring", "implementations side by side, and what can be promised"},
	{"reports", "files, formats, verdicts"},
	{"exit-status", "what each exit status means"},
}

// Names lists the topics' names in the same order.
func Names() []string {
	names := make([]string, len(Topics))
	for i, t := range Topics {
		names[i] = t.Name
	}
	return names
}

// Text gives the Markdown of a topic, and whether there is such a topic.
func Text(name string) (string, bool) {
	text, err := files.ReadFile(name + ".md")
	return string(text), err == nil
}

// Statuses gives the rows of the table of exit statuses, "0" and its meaning,
// from the topic that describes them.
func Statuses() (rows [][2]string) {
	text, _ := Text("exit-status")
	for line := range strings.Lines(text) {
		if cells, ok := row(line); ok && len(cells) == 2 && strings.Trim(cells[0], "0123456789") == "" {
			rows = append(rows, [2]string{cells[0], strings.ReplaceAll(cells[1], "`", "")})
		}
	}
	return rows
}

// Index lists the topics, a line each.
func Index() string {
	var b strings.Builder
	for _, t := range Topics {
		fmt.Fprintf(&b, "  %-12s %s\n", t.Name, t.About)
	}
	return b.String()
}
