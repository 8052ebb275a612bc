package reports

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"plain – ünïcode 日本\n\ttab": "plain – ünïcode 日本\n\ttab",
		"\x1b[31mred\x1b[0m":        `\x1b[31mred\x1b[0m`,
		"a\r\nb\rc":                 "a\nb\\rc",
		"\x00\x7f":                  `\x00\x7f`,
		"\xff\xc3(":                 `\xff\xc3(`,
		"\u202eexe.txt":             `\u202eexe.txt`,
		"zero\u200bwidth\ufeff":     `zero\u200bwidth\ufeff`,
		"\u2028":                    `\u2028`,
		"\u009b31m":                 `\u009b31m`, // the one-character form of ESC [
		"\U000e0041":                `\U000e0041`,
		"z\u0300\u0300\u0300\u0300": "z\u0300\u0300\u0300" + `\u0300`,
	} {
		if got := visible(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestSafeTextCommandsNoWorkflow(t *testing.T) {
	for text, want := range map[string]string{
		"cc: a.c:1: error\n::error::x":   "cc: a.c:1: error\n\\::error::x",
		" \t::stop-commands::x":          " \t\\::stop-commands::x",
		"##[error]x":                     `##\[error]x`,
		"a::b, std::vector":              "a::b, std::vector",
		"\x1b]0;title\x07\r::add-mask::": `\x1b]0;title\x07\r::add-mask::`,
	} {
		if got := Safe(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add("\x1b]8;;http://x\x07 \u202e \xff z\u0300\u0300\u0300\u0300", 20, 30)
	f.Add("producer  ├ put 6 ┤\nconsumer     ├ get ┤", 10, 12)
	f.Add("日本語日本語日本語 a b c", 9, 8)
	f.Fuzz(func(t *testing.T, text string, limit, width int) {
		limit, width = 9+(limit&0xffff), 8+(width&0xff)
		shown := clip(text, limit)
		if !utf8.ValidString(shown) {
			t.Fatalf("%q is not UTF-8", shown)
		}
		for _, c := range shown {
			if c != '\n' && c != '\t' && !unicode.IsPrint(c) {
				t.Fatalf("%q lets %q through", shown, c)
			}
		}
		if len(text) <= limit && len(shown) > 6*len(text) {
			t.Fatalf("%d bytes became %d", len(text), len(shown))
		}
		letters := func(s string) string { return strings.Join(strings.Fields(s), "") }
		lines := wrap(shown, width)
		for _, line := range lines {
			if columns(line) > width {
				t.Fatalf("%q is wider than %d", line, width)
			}
		}
		if got := strings.Join(lines, ""); letters(got) != letters(shown) {
			t.Fatalf("wrapped at %d, %q became %q", width, shown, got)
		}
		hard := wrapHard(strings.ReplaceAll(shown, "\n", ""), width)
		if strings.Join(hard, "") != strings.ReplaceAll(shown, "\n", "") {
			t.Fatalf("broken at %d, %q became %q", width, shown, hard)
		}
	})
}

// TestClip: a megabyte becomes what can be read, and says how much was left out.
func TestClip(t *testing.T) {
	text := "begin" + strings.Repeat("é", 1<<20) + "end"
	got := clip(text, 1000)
	if len(got) > 1100 || !strings.HasPrefix(got, "begin") || !strings.HasSuffix(got, "end") || !strings.Contains(got, "bytes left out") {
		t.Errorf("%d bytes: %.40q … %q", len(got), got, got[len(got)-10:])
	}
}

func TestShorten(t *testing.T) {
	for _, line := range []string{strings.Repeat("x", 500), strings.Repeat("日本", 200), "short"} {
		if got := shorten(line, 40); columns(got) > 40 || len(line) > 40 && !strings.Contains(got, "…") {
			t.Errorf("%q has %d columns", got, columns(got))
		}
	}
}

func TestSeconds(t *testing.T) {
	for s, want := range map[float64]string{0: "0 s", 0.0123: "12 ms", 0.9999: "1.0 s", 1.25: "1.2 s", 9.96: "10 s", 48.3: "48 s", 600: "10 min"} {
		if got := seconds(s); got != want {
			t.Errorf("%v: %q, want %q", s, got, want)
		}
	}
}
