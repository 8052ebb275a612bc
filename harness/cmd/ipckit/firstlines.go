package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// firstLinesName is the file of the table that writeFirstLines writes.
const firstLinesName = "faults.md"

const aboutFirstLines = `# Seeded faults, and the line that a reader sees first

Each row is an implementation with one seeded fault, as ` + "`ipckit mutants`" + ` checks it.
What is shown first is the requirement that it breaks, the verdict, and the message,
as ` + "`ipckit check`" + ` prints them. Read the first two columns alone, name the cause,
and compare it with the last.

| broken | shown first | fault | mutant |
|---|---|---|---|
`

// writeFirstLines writes a table of the mutants that were caught, with the line by
// which a reader learns of each.
func writeFirstLines(dir string, deaths []death) error {
	text := aboutFirstLines
	cell := func(s string) string { return strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", "\\|") }
	for _, d := range deaths {
		if d.Killed && d.Requirement != "" {
			text += fmt.Sprintf("| %s | %s: %s | %s | %s |\n", d.Requirement, d.Verdict, cell(d.Message), cell(d.Fault), d.Mutant)
		}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, firstLinesName), []byte(text), 0o666)
}
