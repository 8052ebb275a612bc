package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"text/tabwriter"

	"github.com/ipckit/ipckit/reports"
)

func printSightings(all []sighting) {
	out := tabwriter.NewWriter(os.Stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(out, "\tMUTANT\tBREAKS\tRUNS\tTOOK\tTHE SAME\tFOUND IN\tUNDER LOAD")
	for _, s := range all {
		mark := reports.Mark(reports.Pass)
		if s.Same < s.Times {
			mark = reports.Mark(reports.Fail)
		}
		fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%.0f ms\t%d of %d\t%s %s\t%s %v\n",
			mark, s.Mutant, s.Requirement, s.Runs, 1000*s.Seconds, s.Same, s.Times, s.Scenario, s.ID, s.Load.hits(), s.Load)
	}
	_ = out.Flush()
}

const aboutSightings = `# Seeded races, and what finds them

Each mutant has one race. The explorer runs the scenarios of the broken
requirement, with one preemption, until an interleaving has an outcome that no
order of whole operations has. Runs counts all runs until then, including those
that determine the allowed outcomes and those that repeat the finding. The same
counts the repetitions that found the same scenario, interleaving and outcome.
`

const aboutLoad = `
Load is that of ` + "`ipckit stress`" + ` for the named requirement, with faults, %d times
for at most %v. Operations and time are those until a round was found wrong, as
the median over the times at which one was; if none was, they are the totals. A
round is judged after its end, so small numbers only mean "in the first rounds",
and the time includes the start of the processes. A mutant marked * gives way to
other processes in its race window, so that load finds it on any machine; the
others are written as a programmer would write them.
`

// writeSightings writes the same as a table of a page.
func writeSightings(path string, all []sighting, f exploreFlags) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	text, command := aboutSightings, fmt.Sprintf("ipckit explore --mutants --times %d --out DIR", f.times)
	head, rule := "| mutant | fault | breaks | found in | interleaving | runs | took | the same |", "|---|---|---|---|---|---|---|---|"
	if f.load > 0 {
		text += fmt.Sprintf(aboutLoad, f.load, f.budget)
		command = fmt.Sprintf("ipckit explore --mutants --times %d --load %d --budget %v --out DIR", f.times, f.load, f.budget)
		head, rule = head+" under load of | found | after |", rule+"---|---|---|"
	}
	_, err = fmt.Fprintf(file, "%s\nMeasured on %d processors, %s, by `%s`.\n\n%s\n%s\n", text, runtime.NumCPU(), runtime.GOARCH, command, head, rule)
	for _, s := range all {
		star := ""
		if s.Dawdles && s.Load != nil {
			star = " \\*"
		}
		row := fmt.Sprintf("| %s%s | %s | %s | `%s` | %s | %d | %.0f ms | %d of %d |",
			s.Mutant, star, s.Fault, s.Requirement, s.Scenario, s.ID, s.Runs, 1000*s.Seconds, s.Same, s.Times)
		if s.Load != nil {
			row += fmt.Sprintf(" %s | %s | %v |", s.Load.Requirement, s.Load.hits(), s.Load)
		}
		if err == nil {
			_, err = fmt.Fprintln(file, row)
		}
	}
	return errors.Join(err, file.Close())
}
