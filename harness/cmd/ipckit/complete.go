package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/suites"
)

// completeSubjects offers the built-in subjects, and directories.
func completeSubjects(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, name := range builtInNames() {
		names = append(names, name+"\t"+builtIns[name].about)
	}
	return names, cobra.ShellCompDirectiveDefault
}

// completeRequirements offers ids and families.
func completeRequirements(_ *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	suite, err := suites.Suite()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, family := range suite.Catalogue.Families {
		names = append(names, family.ID+"\t"+family.Title)
		for _, r := range family.Requirements {
			if strings.HasPrefix(r.ID, strings.ToUpper(prefix)) {
				names = append(names, r.ID+"\t"+short(r.Text, 60))
			}
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
