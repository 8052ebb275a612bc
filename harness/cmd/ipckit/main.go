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
	case err == nil, errors.Is(err, syscall.EPIPE): // who read our output has read enough
		return reports.ExitPass
	case errors.As(err, &status) && status.err == nil: // all has been said
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
// nobody looks at the error of help that is printed.
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

const about = `ipckit checks implementations of interprocess communication on Linux: shared
memory, message passing, and programs that use them. It starts real processes,
puts the implementation through requirements with stable ids, and says what it
found and why.

A SUBJECT is a directory with a file ipckit.yaml, which says what the
implementation is and what it claims, or the name of a built-in one
(see "ipckit list"). Start your own with "ipckit new".`

const statuses = `Exit status:
  0  everything that was claimed and checked holds
  1  the subject fell short: fail, crash, timeout, leak, flaky, unobserved
  2  a requirement could not be decided (with --strict: or the host lacks something)
  3  bad usage, bad claims, build error, an adapter that fails its smoke test,
     nothing selected
  4  the kit's own fault
  5  the list of known shortfalls is out of date
  130  interrupted`

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "ipckit",
		Short:         "Check implementations of interprocess communication",
		Long:          about + "\n\n" + statuses,
		Version:       run.Version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().Var(&colorFlag{}, "color", "use colour: auto, always or never")
	_ = root.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
	root.AddCommand(newCheck(), newList(), newExplain(), newSmoke(), newStress(), newMutants(), newReport(), newDiff(), newNew())
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("%w\nsee: %s --help", err, c.CommandPath())
	})
	root.AddCommand(newExplore())
	root.AddCommand(newSanitize())
	refuseUnknown(root)
	return root
}

// refuseUnknown has the commands that cobra adds by itself refuse what they do not
// know: they would print something and end well.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch c.Name() {
		case "completion":
			c.Args = cobra.ArbitraryArgs
			c.RunE = func(c *cobra.Command, args []string) error {
				if len(args) == 0 {
					return c.Help()
				}
				return usage("completion %q: want one of bash, fish, powershell, zsh", args[0])
			}
		case "help":
			show := c.Run
			c.Run, c.RunE = nil, func(c *cobra.Command, args []string) error {
				if _, rest, err := root.Find(args); err != nil || len(args) > 0 && len(rest) == len(args) {
					return usage("help: there is no command %q; see ipckit --help", strings.Join(args, " "))
				}
				show(c, args)
				return nil
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
