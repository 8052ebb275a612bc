package reports

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxMarks is how many combining marks may stand on a letter: text can be piled
// up over the lines above it.
const maxMarks = 3

// visible makes text that a subject may have had a hand in harmless to look at,
// without hiding that it was odd: control characters, ANSI escapes, characters
// that turn the direction of text or have no width, and bytes that are no UTF-8
// are shown as Go escapes. Newlines and tabs stay.
func visible(text string) string {
	var b strings.Builder
	marks := 0
	for len(text) > 0 {
		c, size := utf8.DecodeRuneInString(text)
		switch {
		case c == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case strings.HasPrefix(text, "\r\n"):
			b.WriteByte('\n')
			size = 2
		case c == '\n' || c == '\t':
			b.WriteRune(c)
		case unicode.Is(unicode.M, c) && marks >= maxMarks, !unicode.IsPrint(c):
			b.WriteString(escape(c))
		default:
			b.WriteRune(c)
		}
		if unicode.Is(unicode.M, c) {
			marks++
		} else {
			marks = 0
		}
		text = text[size:]
	}
	return b.String()
}

// Safe makes text harmless to print, wherever it came from: as visible text, of which
// no line is a command to the log of a GitHub workflow. There, a line that
// begins with two colons is one, and ##[ is one anywhere.
func Safe(text string) string {
	all := strings.Split(visible(text), "\n")
	for i, line := range all {
		all[i] = noCommand(line)
	}
	return strings.Join(all, "\n")
}

func noCommand(line string) string {
	if rest := strings.TrimLeft(line, " \t"); strings.HasPrefix(rest, "::") {
		line = line[:len(line)-len(rest)] + `\` + rest
	}
	return strings.ReplaceAll(line, "##[", `##\[`)
}

func escape(c rune) string {
	switch {
	case c == '\r':
		return `\r`
	case c < 0x80:
		return fmt.Sprintf(`\x%02x`, c)
	case c < 0x10000:
		return fmt.Sprintf(`\u%04x`, c)
	}
	return fmt.Sprintf(`\U%08x`, c)
}

// clip makes text visible and leaves out its middle where it is longer than
// limit bytes: its end says most, its beginning says what it is.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return visible(text)
	}
	head, tail := limit/3, len(text)-(limit-limit/3)
	for head > 0 && !utf8.RuneStart(text[head]) {
		head--
	}
	for tail < len(text) && !utf8.RuneStart(text[tail]) {
		tail++
	}
	return fmt.Sprintf("%s … %d bytes left out … %s", visible(text[:head]), tail-head, visible(text[tail:]))
}

// oneLine makes text visible on a single line.
func oneLine(text string, limit int) string {
	return strings.ReplaceAll(clip(strings.TrimSpace(text), limit), "\n", " ")
}
