package programs

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ipckit/ipckit/harness/program"
)

const shown = 6 // items of a list

// describe tells a difference: "Missing: the last 2 (9, 10)."
func describe(d program.Difference, produced []program.Item) string {
	var parts []string
	if n := len(d.Missing); n > 0 {
		where := ""
		switch tail := d.Tail(produced); {
		case n == len(produced):
			where = "all "
		case tail == n:
			where = "the last "
		case d.Missing[0] == produced[0].Text && n == 1:
			where = "the first, "
		}
		parts = append(parts, fmt.Sprintf("Missing: %s%d (%s).", where, n, list(d.Missing)))
	}
	if len(d.Twice) > 0 {
		parts = append(parts, fmt.Sprintf("Consumed more than once: %s.", list(d.Twice)))
	}
	if n := len(d.Extra) - len(d.Twice); n > 0 {
		parts = append(parts, fmt.Sprintf("Consumed, but never produced: %d (%s).", n, list(invented(d))))
	}
	return strings.Join(parts, " ")
}

// invented are the extra items that were never produced at all.
func invented(d program.Difference) (list []string) {
	twice := map[string]int{}
	for _, text := range d.Twice {
		twice[text]++
	}
	for _, text := range d.Extra {
		if twice[text] > 0 {
			twice[text]--
			continue
		}
		list = append(list, text)
	}
	return list
}

// list shows the first few of some texts.
func list(texts []string) string {
	var words []string
	for i, text := range texts {
		if i == shown {
			words = append(words, fmt.Sprintf("… %d more", len(texts)-shown))
			break
		}
		words = append(words, show(text))
	}
	return strings.Join(words, ", ")
}

func sequence(items []program.Item) string {
	texts := make([]string, len(items))
	for i, item := range items {
		texts[i] = item.Text
	}
	return list(texts)
}

// show quotes a text that would not show as it is.
func show(text string) string {
	text = clip(text, 40)
	if text == "" || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsGraphic(r) || r == ' ' || r == ',' || r == utf8.RuneError }) {
		return fmt.Sprintf("%q", text)
	}
	return text
}

// clip shortens a text to about n bytes.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n] + "…"
}

func distinct(items []program.Item) int {
	texts := map[string]bool{}
	for _, item := range items {
		texts[item.Text] = true
	}
	return len(texts)
}
