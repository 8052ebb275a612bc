package subject_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/ipckit/ipckit/harness/subject"
)

func schema(t *testing.T) (document map[string]any, compiled *jsonschema.Schema) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(subject.Schema))
	if err != nil {
		t.Fatal(err)
	}
	document = value.(map[string]any)
	c := jsonschema.NewCompiler()
	url := document["$id"].(string)
	if err := c.AddResource(url, document); err != nil {
		t.Fatal(err)
	}
	if compiled, err = c.Compile(url); err != nil {
		t.Fatal(err)
	}
	return document, compiled
}

// validate holds a claims file against the schema.
func validate(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(value)
}

func TestSchemaAcceptsEveryClaimsFile(t *testing.T) {
	_, s := schema(t)
	found := 0
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != subject.ClaimsFile || strings.Contains(path, "badclaims") {
			return err
		}
		found++
		text, err := os.ReadFile(path)
		if err == nil {
			err = validate(t, s, string(text))
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil || found < 20 {
		t.Errorf("%d files, %v", found, err)
	}
	for _, text := range []string{cClaims, programClaims,
		promising("requirement: PERF-TIME, of: mailbox, size: 4KiB, at_least: 0.95, against: pipe"),
		promising("requirement: PERF-SCALE, pairs: 4, at_least: 3"),
		promising("requirement: PERF-CALLS, at_most: 0.001, unit: calls/message"),
		promising("requirement: PERF-TIME, at_most: 4, against: limit.line"),
		strings.Replace(cClaims, "{bytes: 64KiB}", "{items: {min: 0, max: 8}}", 1)} {
		if err := validate(t, s, text); err != nil {
			t.Errorf("%v\n%s", err, text)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	_, s := schema(t)
	bad, err := os.ReadFile("../cmd/ipckit/testdata/badclaims/ipckit.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if validate(t, s, string(bad)) == nil {
		t.Error("the bad claims of the command's test are accepted")
	}
	for _, tt := range []struct{ base, old, new string }{
		{cClaims, "subject: my buffer\n", ""},
		{cClaims, "subject: my buffer", "subject: ''"},
		{cClaims, "c:\n  sources: [buffer.c]\n  flags: [-pthread]\n", ""},
		{cClaims, "language: C", "agent: ./a"},
		{cClaims, "language: C", "lang: C"},
		{cClaims, "language: C", "control: pipe"},
		{cClaims, "[buffer.c]", "[buffer.c, '']"},
		{cClaims, "  sources: [buffer.c]\n", ""},
		{cClaims, "buffer.one-to-one:", "buffer.one-to-many:"},
		{cClaims, "  region:", "  application: {}\n  region:"},
		{cClaims, "maximum: 16MiB", "maximum: 16MB"},
		{cClaims, "maximum: 16MiB", "names: sysv"},
		{cClaims, "{min: 2, max: 64}", "{min: 2}"},
		{cClaims, "{min: 2, max: 64}", "many"},
		{cClaims, "items: {min: 2, max: 64}", "items: 8\n      bytes: 64KiB"},
		{cClaims, "slots: N-1", "slots: N-2"},
		{cClaims, "{max: 4KiB}", "{max: 4KiB, fixed: 4}"},
		{cClaims, "{max: 4KiB}", "{}"},
		{cClaims, "close: true", "close: \"yes\""},
		{cClaims, "close: true", "waiting: sleeping"},
		{cClaims, "close: true", "empty: lax"},
		{cClaims, "    item: {fixed: 4}", "    item: {fixed: 4}\n    delivery: exactly-once"},
		{cClaims, "    item: {fixed: 4}", "    item: {fixed: 4}\n    order: lifo"},
		{cClaims, "[BUF-HUGE]", "[BUF-HUGE, BUF-HUGE]"},
		{cClaims, "[BUF-SLEEP]", "BUF-SLEEP"},
		{cClaims, "[BUF-SLEEP]", "[buf-sleep]"},
		{cClaims, "verdict: fail", "verdict: pass"},
		{cClaims, "    verdict: fail\n", ""},
		{cClaims, "    reason: being rewritten\n", ""},
		{cClaims, "until: 2030-01-31", "until: 31.1.2030"},
		{programClaims, "programs:", "control: stdio\nprograms:"},
		{programClaims, "programs:", "profiles:\n  region: {}\nprograms:"},
		{programClaims, "./consumer}", "./consumer, started_by: shell}"},
		{programClaims, "  observe:\n", "  observe:\n    order: lifo\n"},
		{programClaims, "capacity: 4", "capacity: -4"},
		{"", "", promising("requirement: PERF-TIME, at_least: 2, at_most: 3, against: pipe")},
		{"", "", promising("requirement: PERF-TIME, against: pipe")},
		{"", "", promising("requirement: PERF-TIME, at_least: 0, against: pipe")},
		{"", "", promising("requirement: PERF-TIME, atleast: 2, against: pipe")},
		{"", "", promising("requirement: PERF-TIME, of: mailbx, at_least: 2, against: pipe")},
		{"", "", promising("requirement: PERF-SCALE, pairs: 1, at_least: 2")},
		{"", "", promising("requirement: PERF-CALLS, at_most: 1")},
		{"", "", promising("requirement: PERF-CALLS, at_most: 1, unit: calls/message, against: pipe")},
		{"", "", promising("requirement: PERF-TIME, at_least: 2, against: pipe}\n  - {requirement: PERF-TIME, at_least: 2, against: pipe")},
	} {
		text := strings.Replace(tt.base, tt.old, tt.new, 1)
		if text == tt.base {
			t.Fatalf("%q is not in the file", tt.old)
		}
		if validate(t, s, text) == nil {
			t.Errorf("%q in place of %q is accepted", tt.new, tt.old)
		}
	}
}

// The schema has the keys that claims have, and describes each of them.
func TestSchemaHasTheKeys(t *testing.T) {
	document, _ := schema(t)
	var compare func(path string, node map[string]any, of reflect.Type)
	compare = func(path string, node map[string]any, of reflect.Type) {
		for node["$ref"] != nil {
			name := strings.TrimPrefix(node["$ref"].(string), "#/$defs/")
			node = document["$defs"].(map[string]any)[name].(map[string]any)
		}
		for of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() == reflect.Slice {
			compare(path+"[]", node["items"].(map[string]any), of.Elem())
			return
		}
		if of.Kind() != reflect.Struct || of == reflect.TypeFor[subject.Range]() {
			return
		}
		properties, _ := node["properties"].(map[string]any)
		var keys []string
		for _, field := range reflect.VisibleFields(of) {
			key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
			if !field.IsExported() || field.Anonymous {
				continue
			}
			keys = append(keys, key)
			property, ok := properties[key].(map[string]any)
			if !ok {
				t.Errorf("%s.%s is not in the schema", path, key)
				continue
			}
			compare(path+"."+key, property, field.Type)
		}
		for key := range properties {
			if !slices.Contains(keys, key) {
				t.Errorf("%s.%s is in the schema, and claims do not have it", path, key)
			}
		}
		if fmt.Sprint(node["additionalProperties"]) != "false" {
			t.Errorf("%s accepts other keys", path)
		}
	}
	compare("", document, reflect.TypeFor[subject.Claims]())
}
