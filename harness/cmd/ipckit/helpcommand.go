package main

import (
	"strings"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/harness/cmd/ipckit/help"
	"github.com/ipckit/ipckit/harness/nearest"
)

// mostColumns is how wide a page of the manual becomes: longer lines read badly.
const mostColumns = 80

// addHelp gives the root command its command help, which knows the manual's
// topics beside the commands.
func addHelp(root *cobra.Command) {
	root.SetHelpCommand(&cobra.Command{
		Use:   "help [COMMAND | TOPIC]",
		Short: "Help about a command or a topic",
		Long: `Help without an argument lists commands and topics; with one, it shows the help of
that command or the page of that topic.

Topics:
` + strings.TrimRight(help.Index(), "\n"),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			var words []string
			for _, t := range help.Topics {
				words = append(words, t.Name+"\t"+t.About)
			}
			for _, c := range root.Commands() {
				if c.IsAvailableCommand() {
					words = append(words, c.Name()+"\t"+c.Short)
				}
			}
			return words, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error { return showHelp(c, root, args) },
	})
}

func showHelp(c, root *cobra.Command, args []string) error {
	if len(args) == 1 {
		if text, ok := help.Text(args[0]); ok {
			_, err := c.OutOrStdout().Write([]byte(help.Render(text, min(terminalOptions(false).Width, mostColumns), !color.NoColor)))
			return err
		}
	}
	found, rest, err := root.Find(args)
	if err != nil || len(rest) > 0 {
		words := help.Names()
		for _, command := range root.Commands() {
			words = append(words, command.Name())
		}
		word := strings.Join(args, " ")
		return usage("help: there is no command and no topic %q (`ipckit help` lists them)%s", word, nearest.Hint(word, words))
	}
	found.InitDefaultHelpFlag()
	return found.Help()
}

// usageTemplate is cobra's, with the commands in groups, and with the topics
// where the root command is shown.
const usageTemplate = `Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} COMMAND{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}{{$commands := .Commands}}{{range $group := .Groups}}

{{.Title}}{{range $commands}}{{if (and (eq .GroupID $group.ID) .IsAvailableCommand)}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if not .AllChildCommandsHaveGroup}}

Other commands:{{range $commands}}{{if (and (eq .GroupID "") .IsAvailableCommand)}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if not .HasParent}}

Topics, shown by "ipckit help TOPIC":
TOPICS{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if and .HasParent .HasAvailableInheritedFlags}}

Flags of every command:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

"{{.CommandPath}} COMMAND --help" says more about a command.{{end}}
`
