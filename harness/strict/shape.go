package strict

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/ipckit/ipckit/harness/nearest"
)

// An Explainer is a struct that can explain why it does not have a key, beyond
// naming the most similar of its keys.
type Explainer interface {
	// UnknownKey returns a sentence without its full stop, or "".
	UnknownKey(key string) string
}

// shape compares the document with a type, and reports everything that does not
// fit.
func (d *Document) shape(into any) error {
	w := walker{file: d.File}
	w.node(d.root, reflect.TypeOf(into).Elem(), "")
	return errors.Join(w.errs...)
}

type walker struct {
	file string
	errs []error
}

func (w *walker) errorf(n ast.Node, format string, args ...any) {
	w.errs = append(w.errs, &Error{File: w.file, Line: line(n), Text: fmt.Sprintf(format, args...)})
}

// node compares one value. path is its name in messages: profiles.region.maximum.
func (w *walker) node(n ast.Node, t reflect.Type, path string) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch n.(type) {
	case *ast.AliasNode, *ast.AnchorNode:
		w.errorf(n, "%s: anchors and aliases are not supported: write the value out", named(path))
		return
	case *ast.TagNode:
		w.errorf(n, "%s: tags such as !!str are not supported: put the value in quotes", named(path))
		return
	}
	mapping, isMapping := n.(*ast.MappingNode)
	if custom, ok := reflect.New(t).Interface().(yaml.BytesUnmarshaler); ok {
		// A type that decodes itself may also accept keys; their names are checked
		// here.
		before := len(w.errs)
		if isMapping && t.Kind() == reflect.Struct {
			w.mapping(mapping, t, path)
		}
		if len(w.errs) > before {
			return
		}
		if err := custom.UnmarshalYAML([]byte(n.String())); err != nil {
			w.errorf(n, "%s: %v", named(path), err)
		}
		return
	}
	switch t.Kind() {
	case reflect.Struct:
		if !isMapping {
			w.errorf(n, "%s: want keys with values (%s), not %s", named(path), strings.Join(keys(t), ", "), shown(n))
			return
		}
		w.mapping(mapping, t, path)
	case reflect.Slice:
		list, ok := n.(*ast.SequenceNode)
		if !ok {
			w.errorf(n, "%s: want a list such as [A, B], not %s", named(path), shown(n))
			return
		}
		for i, item := range list.Values {
			list.Values[i] = asWritten(item, t.Elem())
			w.node(item, t.Elem(), fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.Bool:
		if _, ok := n.(*ast.BoolNode); !ok {
			w.errorf(n, "%s: want true or false, not %s", named(path), shown(n))
		}
	case reflect.Int, reflect.Int64:
		if _, ok := n.(*ast.IntegerNode); !ok {
			w.errorf(n, "%s: want a whole number, not %s", named(path), shown(n))
		}
	case reflect.Float64:
		switch n.(type) {
		case *ast.IntegerNode, *ast.FloatNode:
		default:
			w.errorf(n, "%s: want a number, not %s", named(path), shown(n))
		}
	case reflect.String:
		switch n.(type) {
		case *ast.StringNode, *ast.LiteralNode, *ast.IntegerNode, *ast.FloatNode:
		default:
			w.errorf(n, "%s: want text, not %s", named(path), shown(n))
		}
	default:
		// A type in the kit that this package does not support.
		w.errorf(n, "%s: values of type %s cannot be read", named(path), t)
	}
}

func (w *walker) mapping(n *ast.MappingNode, t reflect.Type, path string) {
	known := keys(t)
	for _, entry := range n.Values {
		key := keyText(entry)
		field, ok := fieldOf(t, key)
		if !ok {
			hint := nearest.Hint(key, known)
			if e, ok := reflect.New(t).Interface().(Explainer); ok && e.UnknownKey(key) != "" {
				hint = ": " + e.UnknownKey(key)
			}
			w.errorf(entry.Key, "unknown key %q%s%s (known keys: %s)", key, within(path), hint, strings.Join(known, ", "))
			continue
		}
		child := key
		if path != "" {
			child = path + "." + key
		}
		if entry.Value == nil || entry.Value.Type() == ast.NullType {
			empty := "remove the line"
			if kind := deref(field.Type).Kind(); kind == reflect.Struct {
				empty = fmt.Sprintf("write %s: {} for its defaults, or remove the line", key)
			}
			w.errorf(entry.Key, "%s has no value: %s", child, empty)
			continue
		}
		w.node(entry.Value, field.Type, child)
		entry.Value = asWritten(entry.Value, field.Type)
	}
}

// asWritten keeps the digits of a number that stands for text: version 1.10 must
// not become 1.1.
func asWritten(n ast.Node, t reflect.Type) ast.Node {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		if t.Kind() == reflect.String {
			return ast.String(n.GetToken())
		}
	}
	return n
}

func deref(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// keys lists the yaml keys of a struct in the order of its fields, those of what it
// embeds among them.
func keys(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if name := keyOf(f); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func fieldOf(t reflect.Type, key string) (reflect.StructField, bool) {
	for _, f := range reflect.VisibleFields(t) {
		if key != "" && keyOf(f) == key {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func keyOf(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
	if name == "-" || !f.IsExported() {
		return ""
	}
	return name
}

func named(path string) string {
	if path == "" {
		return "the file"
	}
	return path
}

func within(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

// shown describes a value in a message, cut to fit a line.
func shown(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode:
		return "keys with values"
	case *ast.SequenceNode:
		return "a list"
	}
	text := n.GetToken().Value
	if len(text) > 40 {
		text = text[:40] + "…"
	}
	return fmt.Sprintf("%q", text)
}
