package strict

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// maxDepth is deeper than anybody nests by hand. What the YAML library takes
// grows with the square of the depth: a megabyte of brackets would keep it busy
// until memory is used up.
const maxDepth = 100

// text refuses what nobody wrote by hand: bytes that are not UTF-8, such as
// those of a program or of UTF-16, and nesting beyond reason. It leaves out a
// byte order mark, which editors put first unasked.
func text(file string, data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	number := 0
	open := 0 // brackets; those in quotes and comments count, which does no harm
	for line := range bytes.Lines(data) {
		number++
		if !utf8.Valid(line) {
			return nil, &Error{File: file, Line: number, Text: fmt.Sprintf("this is not UTF-8 text: the line holds the byte 0x%02x", foreign(line))}
		}
		content := bytes.TrimLeft(line, " -?")
		dashes := len(line) - len(content) - bytes.Count(line[:len(line)-len(content)], []byte(" "))
		for _, c := range content {
			switch c {
			case '[', '{':
				open++
			case ']', '}':
				open = max(open-1, 0)
			}
			if max(open, dashes) > maxDepth {
				return nil, &Error{File: file, Line: number, Text: fmt.Sprintf("more than %d levels are nested here: nothing that is read goes so deep", maxDepth)}
			}
		}
	}
	return data, nil
}

// foreign is the first byte of a line that belongs to no UTF-8 letter.
func foreign(line []byte) byte {
	for len(line) > 0 {
		c, size := utf8.DecodeRune(line)
		if c == utf8.RuneError && size == 1 {
			return line[0]
		}
		line = line[size:]
	}
	return 0
}
