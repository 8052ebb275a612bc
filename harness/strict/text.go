package strict

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// maxDepth is deeper than files are nested by hand. The memory of the YAML library
// grows with the square of the depth, so that a megabyte of brackets would use up
// all memory.
const maxDepth = 100

// text refuses data that cannot be a file written by hand: bytes that are not
// UTF-8, such as those of a binary or of UTF-16, and extreme nesting. It removes a
// byte order mark, which some editors put first.
func text(file string, data []byte) ([]byte, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	number := 0
	open := 0 // brackets, including harmless ones in quotes and comments
	for line := range bytes.Lines(data) {
		number++
		if !utf8.Valid(line) {
			return nil, &Error{File: file, Line: number, Text: fmt.Sprintf("the file is not UTF-8 text: this line holds the byte 0x%02x", foreign(line))}
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
				return nil, &Error{File: file, Line: number, Text: fmt.Sprintf("more than %d levels of nesting; no file needs so many", maxDepth)}
			}
		}
	}
	return data, nil
}

// foreign is the first byte of a line that is not part of a UTF-8 character.
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
