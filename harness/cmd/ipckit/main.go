// Command ipckit checks implementations of interprocess communication.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/fatih/color"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ipckit/ipckit/harness/cmd/ipckit/help"
	"github.com/ipckit/ipckit/harness/nearest"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
)

func main() {
	playRole()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	// A reader that has gone away (`ipckit check | head`) is an error of the
	// write, not our death: what was begun is still cleaned up.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(command(ctx, os.Args[1:]))
}

// command runs one command line and gives its exit status.
func command(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	out := &output{to: os.Stdout}
	root.SetOut(out)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = out.err
	}
	var status exitStatus
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE): // the reader of the output has read enough
		return reports.ExitPass
	case errors.As(err, &status) && status.err == nil: // it has been reported already
		return status.code
	case ctx.Err() != nil: // whatever could not be done then: this is why
		say("ipckit: interrupted")
		return reports.ExitInterrupted
	case status.err != nil:
		say("ipckit: %v", status.err)
		return status.code
	}
	say("ipckit: %v", err) // what cobra itself refuses is bad usage
	return reports.ExitUsage
}

// output is standard output, and remembers that something could not be written:
// cobra drops the error of a help text.
type output struct {
	to  io.Writer
	err error
}

func (o *output) Write(text []byte) (int, error) {
	n, err := o.to.Write(text)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

// say writes to standard error. Errors quote what a subject printed and what a
// claims file says.
func say(format string, args ...any) {
	fmt.Fprintln(os.Stderr, reports.Safe(fmt.Sprintf(format, args...)))
}

// exitStatus carries an exit status through cobra. err may be nil where all
// has been said.
type exitStatus struct {
	code int
	err  error
}

func (e exitStatus) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.code)
	}
	return e.err.Error()
}

func (e exitStatus) Unwrap() error { return e.err }

func usage(format string, args ...any) error {
	return exitStatus{reports.ExitUsage, fmt.Errorf(format, args...)}
}

// exactly has a command refuse any other number of arguments with that text.
func exactly(n int, text string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usage("%s", text)
		}
		return nil
	}
}

// oneSubject accepts a subject or none.
func oneSubject(c *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usage("%s takes one SUBJECT, and was given %d: %s", c.Name(), len(args), strings.Join(args, ", "))
	}
	return nil
}

const about = `ipckit checks implementations of interprocess communication on Linux: shared
memory, message passing, and programs that use them. It starts real processes,
puts the implementation through requirements with stable ids, and explains what
falls short.

A SUBJECT is a directory with a file ipckit.yaml, which says what the
implementation is and what it claims, or the name of a built-in one
("ipckit list" shows them). Start your own with "ipckit new".`

// statuses is what the help of a checking command says of its exit status.
const statuses = `Exit status: 0 everything holds, 1 the subject fell short, 2 undecided, 3 bad
usage or claims; "ipckit help exit-status" has all.`

// Groups of commands, as help shows them.
const (
	checking = "checking"
	reading  = "reading"
	theKit   = "kit"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "ipckit",
		Short:         "Check implementations of interprocess communication",
		Long:          about,
		Version:       run.Version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetUsageTemplate(strings.Replace(usageTemplate, "TOPICS", strings.TrimRight(help.Index(), "\n"), 1))
	root.SetVersionTemplate(version())
	root.PersistentFlags().Var(&colorFlag{}, "color", "use colour: auto, always or never")
	_ = root.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
	root.AddGroup(&cobra.Group{ID: checking, Title: "Check an implementation:"},
		&cobra.Group{ID: reading, Title: "Read about it:"}, &cobra.Group{ID: theKit, Title: "The kit itself:"})
	for group, commands := range map[string][]*cobra.Command{
		checking: {newNew(), newSmoke(), newCheck(), newStress(), newExplore(), newSanitize(), newBench()},
		reading:  {newList(), newExplain(), newReport(), newDiff(), newSchema()},
		theKit:   {newMutants(), newVersion()},
	} {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		var unknown *pflag.NotExistError
		hint := ""
		if errors.As(err, &unknown) {
			if near := nearest.Words(unknown.GetSpecifiedName(), flagNames(c)); len(near) > 0 {
				hint = "; did you mean --" + strings.Join(near, " or --") + "?"
			}
		}
		return usage("%w%s\nsee: %s --help", err, hint, c.CommandPath())
	})
	addHelp(root)
	root.SetHelpCommandGroupID(reading)
	root.SetCompletionCommandGroupID(theKit)
	refuseUnknown(root)
	return root
}

// flagNames are the flags that a command shows.
func flagNames(c *cobra.Command) (names []string) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

// refuseUnknown has the command completion, which cobra adds by itself, refuse a
// shell that it does not know: it would print its help and end with status 0.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Args = cobra.ArbitraryArgs
			c.RunE = func(c *cobra.Command, args []string) error {
				if len(args) == 0 {
					return c.Help()
				}
				return usage("completion %q: want one of bash, fish, powershell, zsh", args[0])
			}
		}
	}
}

// colorFlag sets the colour mode as soon as it is read. Without it the
// terminal and NO_COLOR decide.
type colorFlag struct{ value string }

func (f *colorFlag) String() string { return f.value }
func (f *colorFlag) Type() string   { return "when" }
func (f *colorFlag) Set(s string) error {
	switch f.value = s; s {
	case "auto":
	case "always":
		color.NoColor = false
	case "never":
		color.NoColor = true
	default:
		return fmt.Errorf("%q: want auto, always or never", s)
	}
	return nil
}
