package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/harness/nearest"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// schemas are the formats that the kit describes by a JSON Schema.
var schemas = []struct {
	name string
	text []byte
}{{"claims", subject.Schema}, {"protocol", protocol.Schema}}

func newSchema() *cobra.Command {
	var names []string
	for _, s := range schemas {
		names = append(names, s.name)
	}
	return &cobra.Command{
		Use:   "schema " + strings.Join(names, " | "),
		Short: "Print a JSON Schema: of ipckit.yaml, or of the protocol of agents",
		Long: `Schema prints the JSON Schema of the claims file, ipckit.yaml, or of the protocol
that agents speak. With the first one beside the claims, and this line at their top,
editors that know YAML complete keys, explain them and mark mistakes:

  # yaml-language-server: $schema=ipckit.schema.json`,
		Example: "  ipckit schema claims > ipckit.schema.json",
		Args:    exactly(1, "schema needs one of "+strings.Join(names, ", ")),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			i := slices.Index(names, args[0])
			if i < 0 {
				return usage("there is no schema %q%s (known: %s)", args[0], nearest.Hint(args[0], names), strings.Join(names, ", "))
			}
			_, err := c.OutOrStdout().Write(schemas[i].text)
			return err
		},
	}
}
