package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which version this is, and what it was built from",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(c.OutOrStdout(), version())
			return err
		},
	}
}

// version is what the report of a fault should name, a line for each.
func version() string {
	info, _ := debug.ReadBuildInfo() // nil where the binary has none
	lines := append(built(info),
		[2]string{"catalogue", suites.Version},
		[2]string{"protocol", fmt.Sprint(protocol.Version)},
		[2]string{"record", fmt.Sprint(reports.FormatVersion)})
	var b strings.Builder
	fmt.Fprintf(&b, "ipckit %s\n", run.Version)
	for _, line := range lines {
		fmt.Fprintf(&b, "%-10s %s\n", line[0], line[1])
	}
	return b.String()
}

// built is what the build information says: module, revision, Go.
func built(info *debug.BuildInfo) (lines [][2]string) {
	if info == nil {
		return nil
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		lines = append(lines, [2]string{"module", v})
	}
	if revision := settings["vcs.revision"]; revision != "" {
		if when := settings["vcs.time"]; when != "" {
			revision += ", " + when
		}
		if settings["vcs.modified"] == "true" {
			revision += ", with changes that are not committed"
		}
		lines = append(lines, [2]string{"revision", revision})
	}
	return append(lines, [2]string{"go", info.GoVersion + " " + settings["GOOS"] + "/" + settings["GOARCH"]})
}
