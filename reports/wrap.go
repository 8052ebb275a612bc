package reports

import (
	"strings"

	"github.com/mattn/go-runewidth"
)

// cells measures text on a terminal. It does not ask the environment, so that a
// report looks the same wherever it is made.
var cells = runewidth.Condition{StrictEmojiNeutral: true}

// columns gives the width of a line of visible text on a terminal.
func columns(line string) int { return cells.StringWidth(line) }

// pad fills a line up with blanks.
func pad(line string, width int) string {
	return line + strings.Repeat(" ", max(width-columns(line), 0))
}

func trimRight(line string) string { return strings.TrimRight(line, " ") }

// wrap breaks text into lines of at most width columns: at its own newlines,
// at blanks, and within a word that is longer than a line. A continued line
// keeps the indentation of the line that it continues.
func wrap(text string, width int) []string {
	width = max(width, 8)
	var lines []string
	for line := range strings.Lines(text) {
		line = trimRight(strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "\t", "    "))
		lines = append(lines, wrapLine(line, width)...)
	}
	return lines
}

func wrapLine(line string, width int) []string {
	if columns(line) <= width {
		return []string{line}
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	if len(indent) > width/2 {
		indent = ""
	}
	var lines []string
	current, empty := indent, true
	flush := func() {
		lines = append(lines, current)
		current, empty = indent, true
	}
	for _, word := range strings.Fields(line) {
		if !empty && columns(current)+1+columns(word) > width {
			flush()
		}
		for columns(current)+columns(word) > width { // longer than a whole line
			head := fitting(word, width-columns(current))
			current += head
			word = word[len(head):]
			flush()
		}
		if word == "" {
			continue
		}
		if !empty {
			current += " "
		}
		current += word
		empty = false
	}
	if !empty {
		flush()
	}
	return lines
}

// fitting gives the beginning of a word that fits, at least one character.
func fitting(word string, width int) string {
	used := 0
	for i, c := range word {
		w := cells.RuneWidth(c)
		if i > 0 && used+w > width {
			return word[:i]
		}
		used += w
	}
	return word
}

// wrapHard breaks a line wherever it is full, since all of its blanks count.
func wrapHard(line string, width int) []string {
	width = max(width, 8)
	var parts []string
	for columns(line) > width {
		head := fitting(line, width)
		parts = append(parts, head)
		line = line[len(head):]
	}
	return append(parts, line)
}

// shorten cuts a line in its middle, since both its ends tell what it is.
func shorten(line string, width int) string {
	if columns(line) <= width {
		return line
	}
	return cells.Truncate(line, width*2/3, "") + "…" + cells.TruncateLeft(line, columns(line)-(width-width*2/3-1), "")
}
