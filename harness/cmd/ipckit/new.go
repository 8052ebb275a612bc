package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/impl/c"
	"github.com/ipckit/ipckit/impl/programs"
	"github.com/ipckit/ipckit/impl/python"
	"github.com/ipckit/ipckit/impl/skeleton"
)

// A starter is a skeleton that "ipckit new" writes.
type starter struct {
	about string
	files fs.FS
	next  string
}

var starters = map[string]starter{
	"c":        {"C functions behind the kit's header", c.Skeleton, "Fill in the functions; each says what it must do."},
	"go":       {"a Go package, checked by go test", skeleton.Go, "Fill in the methods, then run: go mod tidy && go test .\nWhere no release of the kit is published, point to a checkout of it first: go mod edit -replace github.com/ipckit/ipckit=CHECKOUT"},
	"python":   {"Python classes behind ipckit.py", python.Skeleton, "Fill in the methods; each says what it must do."},
	"programs": {"unmodified programs, described by a file", programs.Good, "This is a correct pair. Put your own programs in its place and adapt ipckit.yaml."},
	ciKind:     {about: "a GitHub workflow, for a library or, with --for course, for submissions"},
}

// kitVersion stands in a skeleton for the version of the kit that writes it.
const kitVersion = "KITVERSION"

// ciKind is the starter that goes into a repository that is there.
const ciKind = "ci"

func newNew() *cobra.Command {
	var names []string
	for name := range starters {
		names = append(names, name)
	}
	sort.Strings(names)
	long := "New writes a skeleton to start from into a new directory; of ci, a file into the\nrepository in DIR. KIND is one of:\n"
	for _, name := range names {
		long += fmt.Sprintf("\n  %-10s%s", name, starters[name].about)
	}
	long += "\n\nThe skeletons of c, go and python are a buffer between two processes. With --part,\n" +
		"c is another part of the header: " + strings.Join(c.Parts[:5], ", ") + ",\n" +
		strings.Join(c.Parts[5:], ", ") + ". For more in Go, fill in further interfaces of the package\n" +
		"harness/subject; in Python, further classes: the head of ipckit.py names them."
	var part, purpose string
	command := &cobra.Command{
		Use:               "new KIND DIR",
		Short:             "Write a skeleton to start from",
		Long:              long,
		Example:           "  ipckit new c mybuffer && ipckit check mybuffer\n  ipckit new c mylock --part lock\n  ipckit new ci . --for course",
		Args:              exactly(2, "new needs KIND and DIR, such as: ipckit new c mybuffer"),
		ValidArgsFunction: completeKinds,
		RunE: func(command *cobra.Command, args []string) error {
			s, ok := starters[args[0]]
			if !ok {
				return usage("new %q: want one of %s", args[0], strings.Join(names, ", "))
			}
			switch {
			case part == "":
			case args[0] != "c":
				return usage("new %s has no parts: leave --part out; new c has it", args[0])
			case !slices.Contains(c.Parts, part):
				return usage("new --part %q: want one of %s", part, strings.Join(c.Parts, ", "))
			default:
				s.files = c.Part(part)
			}
			switch {
			case args[0] == ciKind:
				return newWorkflow(args[1], purpose)
			case command.Flags().Changed("for"):
				return usage("new %s: --for is of new ci", args[0])
			}
			return start(s, args[1])
		},
	}
	command.Flags().StringVar(&part, "part", "", "of c: another part of the header")
	command.Flags().StringVar(&purpose, "for", forLibrary, "of ci: library or course")
	_ = command.RegisterFlagCompletionFunc("for", cobra.FixedCompletions([]string{forLibrary, forCourse}, cobra.ShellCompDirectiveNoFileComp))
	_ = command.RegisterFlagCompletionFunc("part", cobra.FixedCompletions(c.Parts, cobra.ShellCompDirectiveNoFileComp))
	return command
}

var (
	skeletonName = regexp.MustCompile(`\bmy-[a-z]+\b`) // of C and Python
	packageName  = regexp.MustCompile(`\bmybuffer\b`)  // of Go
	plainName    = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9_-]*$`)
	noIdentifier = regexp.MustCompile(`[^a-z0-9]`)
)

// named puts the name of its directory into a skeleton, where that is a name for a
// subject and a package.
func named(text []byte, dir string) []byte {
	whole, err := filepath.Abs(dir)
	name := filepath.Base(whole)
	if err != nil || !plainName.MatchString(name) {
		return text
	}
	text = skeletonName.ReplaceAll(text, []byte(name))
	return packageName.ReplaceAll(text, noIdentifier.ReplaceAll([]byte(strings.ToLower(name)), nil))
}

// start copies a skeleton into a directory that must be new or empty.
func start(s starter, dir string) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return usage("%s is not empty; name a new directory", dir)
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return usage("%w", err)
	}
	err := fs.WalkDir(s.files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(strings.TrimSuffix(name, ".skeleton")))
		if entry.IsDir() {
			return os.MkdirAll(to, 0o777)
		}
		text, err := fs.ReadFile(s.files, name)
		if err != nil {
			return err
		}
		fmt.Println("wrote", to)
		text = bytes.ReplaceAll(text, []byte(kitVersion), []byte("v"+run.Version))
		return os.WriteFile(to, named(text, dir), 0o666)
	})
	if err != nil {
		return usage("%w", err)
	}
	fmt.Println(s.next)
	if _, err := os.Stat(filepath.Join(dir, "ipckit.yaml")); err == nil {
		fmt.Printf("Check it with: ipckit check %s\n", dir)
	}
	return nil
}
