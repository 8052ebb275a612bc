// Package protocoltest checks lines of the protocol against its published schema,
// for tests of both ends of a conversation.
package protocoltest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ipckit/ipckit/harness/protocol"
)

// A Schema is the protocol's schema, compiled.
type Schema struct {
	Document       map[string]any
	request, reply *jsonschema.Schema
}

// Load compiles the schema.
func Load(t testing.TB) Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(protocol.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertContent()
	s := Schema{Document: document.(map[string]any)}
	url := s.Document["$id"].(string)
	if err := c.AddResource(url, document); err != nil {
		t.Fatal(err)
	}
	for definition, to := range map[string]**jsonschema.Schema{"request": &s.request, "reply": &s.reply} {
		if *to, err = c.Compile(url + "#/$defs/" + definition); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// Request says what is wrong with a command line.
func (s Schema) Request(line string) error { return validate(s.request, line) }

// Reply says what is wrong with a reply line.
func (s Schema) Reply(line string) error { return validate(s.reply, line) }

func validate(s *jsonschema.Schema, line string) error {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
	if err != nil {
		return err
	}
	return s.Validate(value)
}

// At gives what is at a path in the document.
func (s Schema) At(path ...string) any {
	var value any = s.Document
	for _, key := range path {
		value = value.(map[string]any)[key]
	}
	return value
}
