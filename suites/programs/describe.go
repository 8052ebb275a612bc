package programs

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ipckit/ipckit/harness/program"
)

const shown = 6 // items of a list that are shown

// describe puts a difference into words: "Missing: the last 2 items (9, 10)."
func describe(d program.Difference, produced []program.Item) string {
	var parts []string
	if n := len(d.Missing); n > 0 {
		which := items(n)
		switch tail := d.Tail(produced); {
		case n == len(produced):
			which = "all " + which
		case n == 1 && tail == 1:
			which = "the last item"
		case tail == n:
			which = "the last " + which
		case n == 1 && d.Missing[0] == produced[0].Text:
			which = "the first item"
		}
		parts = append(parts, fmt.Sprintf("Missing: %s (%s).", which, list(d.Missing)))
	}
	if len(d.Twice) > 0 {
		parts = append(parts, fmt.Sprintf("Consumed more than once: %s.", list(d.Twice)))
	}
	if n := len(d.Extra) - len(d.Twice); n > 0 {
		parts = append(parts, fmt.Sprintf("Consumed but never produced: %s (%s).", items(n), list(invented(d))))
	}
	return strings.Join(parts, " ")
}

// invented returns the extra items that were never produced.
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

// items counts items in words: "1 item", "3 items".
func items(n int) string {
	if n == 1 {
		return "1 item"
	}
	return fmt.Sprintf("%d items", n)
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

// show quotes a text that is empty or has spaces, commas or invisible characters.
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
