package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/harness/adapter"
	"github.com/ipckit/ipckit/harness/sanitize"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

type sanitizeFlags struct {
	steps  int
	json   bool
	strict bool
}

func newSanitize() *cobra.Command {
	var f sanitizeFlags
	cmd := &cobra.Command{
		Use:   "sanitize SUBJECT",
		Short: "Look for data races in C code by ThreadSanitizer, as threads over one mapping",
		Long: `Sanitize compiles the C sources of a subject with -fsanitize=thread, and drives
what is claimed by threads of one process, each with a copy of the sources' globals
of its own, over one mapping: ThreadSanitizer sees nothing across processes, nor
across two mappings. What it finds is two accesses to shared memory, at least one
of them a write and one not atomic, that nothing orders.

By C11 that is undefined behaviour; on this machine the program may be right all
the same, as textbooks' solutions with a plain int are. So what is found is
reported, and is a shortfall only where the claims say "c: {data_races: none}".

What it cannot see:
  - ` + strings.Join(sanitize.Unseen, "\n  - ") + `

` + statuses,
		Example: `  ipckit sanitize ./mybuffer
  ipckit sanitize ./mybuffer --steps 10000   longer`,
		Args: exactly(1, "sanitize needs SUBJECT, such as: ipckit sanitize ./mybuffer"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.steps < 1 || f.steps > 1_000_000 {
				return usage("--steps %d: want 1 to 1000000", f.steps)
			}
			return sanitizeSubject(cmd.Context(), args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&f.steps, "steps", sanitize.DefaultSteps, "operations of each thread on each object")
	flags.BoolVar(&f.json, "json", false, "print JSON instead of text")
	flags.BoolVar(&f.strict, "strict", false, "what cannot be looked at counts as undecided")
	return cmd
}

func sanitizeSubject(ctx context.Context, name string, f sanitizeFlags) error {
	if _, ok := builtIn(name); ok {
		return usage("%s is Go: `go test -race` looks at Go code, and sees nothing but the Go heap; `ipckit help races` says how", name)
	}
	suite, err := suites.Suite()
	if err != nil {
		return kitError(err)
	}
	if err := ready(ctx, 1, world.Auto); err != nil {
		return err
	}
	a, err := adapter.Load(name, kitFiles)
	if err != nil {
		return usage("%w", err)
	}
	defer func() { _ = a.Close() }()
	if err := suite.Accept(&a.Claims); err != nil {
		return usage("%w", err)
	}
	result, err := sanitize.Run(ctx, a, a.Claims, sanitize.Options{Steps: f.steps})
	var unsuited *sanitize.Unsuited
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &unsuited):
		say("ipckit: skipped: %s", unsuited.Reason)
		if f.strict {
			return exitStatus{code: reports.ExitInconclusive}
		}
		return nil
	case errors.As(err, new(*adapter.BuildError)):
		return usage("%w", err)
	case err != nil:
		return kitError(err)
	}
	claimed := a.Claims.C.DataRaces == "none"
	if f.json {
		_ = json.NewEncoder(os.Stdout).Encode(result)
	} else {
		printSanitized(name, result, claimed, f)
	}
	switch {
	case len(result.Races) > 0 && claimed:
		return exitStatus{code: reports.ExitFail}
	case f.strict && result.LeftOut() > 0:
		return exitStatus{code: reports.ExitInconclusive}
	}
	return nil
}

func printSanitized(name string, result *sanitize.Result, claimed bool, f sanitizeFlags) {
	bad := "!" // reported, and no shortfall
	if claimed {
		bad = reports.Mark(reports.Fail)
	}
	for _, r := range result.Rounds {
		switch {
		case r.Left != "":
			fmt.Printf("%s %s: left out: %s\n", reports.Mark(reports.Skipped), r.Profile, r.Left)
		case r.Races == 0:
			fmt.Printf("%s %s: no data race: %s\n", reports.Mark(reports.Pass), r.Profile, r.Users())
		default:
			fmt.Printf("%s %s: %s\n", bad, r.Profile, counted(r.Races, "data race"))
		}
		for i := range result.Races {
			if x := &result.Races[i]; x.Profile == r.Profile && r.Left == "" {
				printRace(x, r, result.Steps)
				repeat := fmt.Sprintf("ipckit sanitize %s", quote(name))
				if f.steps != sanitize.DefaultSteps {
					repeat += fmt.Sprintf(" --steps %d", f.steps)
				}
				fmt.Printf("    repeat   %s\n\n", repeat)
			}
		}
	}
	switch {
	case len(result.Races) > 0 && claimed:
		fmt.Printf("%s, and the claims say that there is none\n", counted(len(result.Races), "data race"))
	case len(result.Races) > 0:
		fmt.Printf("%s: undefined by C11, and no proof that anything goes wrong here: `ipckit explore` looks for that\n", counted(len(result.Races), "data race"))
	case result.LeftOut() == len(result.Rounds):
		fmt.Println("nothing was checked")
	default:
		fmt.Printf("no data race was seen; what ThreadSanitizer cannot see, `ipckit sanitize --help` lists\n")
	}
}

// printRace prints one race in the form of all the kit's findings.
func printRace(x *sanitize.Race, r *sanitize.Round, steps int) {
	line := func(title, text string) { fmt.Printf("    %-8s %s\n", title, wrap(text, 90, 13)) }
	line("did", fmt.Sprintf("%s, threads of one process over one mapping, %d operations each", r.Users(), steps))
	line("saw", x.Saw())
	for _, a := range x.Accesses {
		if a.File != "" {
			fmt.Printf("%13s%-18s %s\n", "", a.Place(), a.Text)
		}
	}
	line("sure", fmt.Sprintf("nothing orders the two, however they met: reported %s for these two places", counted(x.Times, "time")))
	line("rule", sanitize.Rule)
	line("idea", x.Idea())
}

// counted puts a number before a noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
