package main

import (
	"encoding/json"
	"testing"

	"github.com/ipckit/ipckit/reports"
)

// TestSchema: each schema is printed as it is, so that its output is a file for an
// editor; a misspelt one is refused with the word that was meant.
func TestSchema(t *testing.T) {
	t.Parallel()
	for _, s := range schemas {
		out := ipckit(t, "schema", s.name)
		out.expect(t, reports.ExitPass)
		var document map[string]any
		if err := json.Unmarshal([]byte(out.out), &document); err != nil || document["$schema"] == nil {
			t.Errorf("schema %s is not a JSON Schema: %v", s.name, err)
		}
	}
	ipckit(t, "schema", "claim").expect(t, reports.ExitUsage, `there is no schema "claim"`, "did you mean claims?")
	ipckit(t, "schema").expect(t, reports.ExitUsage, "one of claims, protocol")
}
