package main

import (
	"slices"
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

// completeRequirements offers ids and families, after each comma of a list.
func completeRequirements(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	suite, err := suites.Suite()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	before, prefix := typed[:strings.LastIndex(typed, ",")+1], typed[strings.LastIndex(typed, ",")+1:]
	var names []string
	offer := func(id, text string) {
		if strings.HasPrefix(id, strings.ToUpper(prefix)) {
			names = append(names, before+id+"\t"+short(text, 60))
		}
	}
	for _, family := range suite.Catalogue.Families {
		offer(family.ID, family.Title)
		for _, r := range family.Requirements {
			offer(r.ID, r.Text)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeRequirement offers one id, and nothing behind it.
func completeRequirement(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeRequirements(c, args, typed)
}

// completeKinds offers the skeletons that there are, and then directories.
func completeKinds(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveFilterDirs
	}
	var kinds []string
	for name, s := range starters {
		kinds = append(kinds, name+"\t"+s.about)
	}
	slices.Sort(kinds)
	return kinds, cobra.ShellCompDirectiveNoFileComp
}

// completeSeveral offers subjects that are not named yet.
func completeSeveral(c *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
	names, directive := completeSubjects(c, nil, typed)
	return slices.DeleteFunc(names, func(name string) bool {
		name, _, _ = strings.Cut(name, "\t")
		return slices.Contains(args, name)
	}), directive
}
