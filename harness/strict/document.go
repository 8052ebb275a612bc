// Package strict reads YAML that is written by hand, and reports each mistake
// with its file and line and with the words that would be valid. Nothing is
// ignored: an unknown key, a key without a value and a value of the wrong shape are
// errors, and all of them are reported at once.
package strict

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// An Error is one mistake at one place.
type Error struct {
	File string
	Line int // from 1; 0 for the whole file
	Text string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Text
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Text)
}

// A Document is one parsed file.
type Document struct {
	File string // as errors name it
	root ast.Node
}

// Parse reads the syntax. A file that is empty, is not UTF-8 text, or holds several
// documents is an error.
func Parse(file string, data []byte) (*Document, error) {
	data, err := text(file, data)
	if err != nil {
		return nil, err
	}
	parsed, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, positioned(file, err)
	}
	var root ast.Node
	for _, doc := range parsed.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.CommentType {
			continue
		}
		if root != nil {
			return nil, &Error{File: file, Line: line(doc.Body), Text: "a second document begins here, but a file holds one: remove the ---"}
		}
		root = doc.Body
	}
	if root == nil {
		return nil, &Error{File: file, Text: "the file is empty"}
	}
	return &Document{File: file, root: root}, nil
}

// Decode fills into, a pointer to a struct with yaml tags. Every mistake of shape
// is reported, in the order of the file; into is changed only if there is none.
func (d *Document) Decode(into any) error {
	if err := d.shape(into); err != nil {
		return err
	}
	if err := yaml.NodeToValue(d.root, into, yaml.Strict()); err != nil {
		return positioned(d.File, err)
	}
	return nil
}

// Line returns the line of the value that keys lead to; items of a list are named
// by their index from 0. If a key does not exist, it is the line of the last part
// that does.
func (d *Document) Line(keys ...string) int {
	node, at := d.root, line(d.root)
	for _, key := range keys {
		switch n := node.(type) {
		case *ast.MappingNode:
			entry := find(n, key)
			if entry == nil {
				return at
			}
			node, at = entry.Value, line(entry.Key)
		case *ast.SequenceNode:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(n.Values) {
				return at
			}
			node = n.Values[i]
			at = line(node)
		default:
			return at
		}
	}
	return at
}

// Has reports whether there is a value where keys lead to; see [Document.Line].
func (d *Document) Has(keys ...string) bool {
	node := d.root
	for _, key := range keys {
		switch n := node.(type) {
		case *ast.MappingNode:
			entry := find(n, key)
			if entry == nil {
				return false
			}
			node = entry.Value
		case *ast.SequenceNode:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(n.Values) {
				return false
			}
			node = n.Values[i]
		default:
			return false
		}
	}
	return true
}

// Errorf makes an error at the line that keys lead to; see [Document.Line].
func (d *Document) Errorf(keys []string, format string, args ...any) error {
	return &Error{File: d.File, Line: d.Line(keys...), Text: fmt.Sprintf(format, args...)}
}

func find(n *ast.MappingNode, key string) *ast.MappingValueNode {
	for _, entry := range n.Values {
		if keyText(entry) == key {
			return entry
		}
	}
	return nil
}

func keyText(entry *ast.MappingValueNode) string { return entry.Key.GetToken().Value }

// line is the line where a node begins. For a mapping it is that of the first key,
// since the mapping's own token is its first colon, which may be lines below.
func line(n ast.Node) int {
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 && !m.IsFlowStyle {
		return line(m.Values[0].Key)
	}
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// positioned turns an error of the YAML library, which prints an excerpt over
// several lines, into one line with its place.
func positioned(file string, err error) error {
	var placed yaml.Error
	if errors.As(err, &placed) {
		e := &Error{File: file, Text: placed.GetMessage()}
		if strings.HasPrefix(e.Text, "found character '\t'") {
			e.Text = "tabs cannot indent: use spaces"
		}
		if t := placed.GetToken(); t != nil && t.Position != nil {
			e.Line = t.Position.Line
		}
		return e
	}
	return &Error{File: file, Text: strings.TrimSpace(err.Error())}
}
