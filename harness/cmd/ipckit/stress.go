package main

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/run"
)

func newStress() *cobra.Command {
	var f checkFlags
	var calibrate bool
	var runs int
	c := &cobra.Command{
		Use:   "stress [SUBJECT]",
		Short: "Put an implementation under load and faults, and decide what its processes recorded",
		Long: `Stress runs many processes of the subject on common objects, records every
operation with its time, and decides by exact checkers whether the whole was
allowed: whether it can be explained by operations that happened one at a time.
Meanwhile processes are paused, interrupted, starved, left without descriptors and
without room in /dev/shm, and killed where the others claim to survive that. What
was not allowed is shown as a picture of the few operations that prove it.

Without SUBJECT it stresses the reference implementation. A longer budget finds
more; nothing that is found depends on how fast the machine is. The same seed
draws the same loads, but processes never meet twice in the same way.

` + statuses,
		Example: `  ipckit stress                                     the reference implementation, for 30 s
  ipckit stress ./mybuffer --budget 5m              longer
  ipckit stress ./mybuffer --only BUF --out report  and write report/report.html`,
		Args:              oneSubject,
		ValidArgsFunction: completeSubjects,
		RunE: func(c *cobra.Command, args []string) error {
			name := "reference"
			if len(args) == 1 {
				name = args[0]
			}
			if runs < 1 {
				return usage("--runs %d: want 1 or more", runs)
			}
			if err := f.validate(); err != nil {
				return err
			}
			return checkAs(c.Context(), name, f, newLoadProgress(name), func(ctx context.Context, suite run.Suite, p *run.Plan) (err error) {
				p.Kinds = []catalogue.Kind{catalogue.Stress}
				if calibrate {
					p.Power, err = calibration{suite, *p, f.jobs, runs}.measure(ctx)
				}
				p.Repeat = fmt.Sprintf("ipckit stress %s --only {id} --seed %d --budget %v", quote(name), f.seed, f.budget)
				return err
			})
		},
	}
	f.add(c, 30*time.Second)
	_ = c.Flags().MarkHidden("kinds") // there is one
	c.Flags().BoolVar(&calibrate, "calibrate", false, "first run implementations with seeded faults under the same budget, and say beside each pass how often they were caught")
	c.Flags().IntVar(&runs, "runs", 5, "how often each seeded fault is run, with --calibrate")
	c.Flags().Lookup("jobs").DefValue = fmt.Sprint(stressJobs())
	_ = c.Flags().Set("jobs", fmt.Sprint(stressJobs()))
	return c
}

// stressJobs is how many requirements are put under load at the same time: each
// takes several processes that are never idle.
func stressJobs() int { return max(1, runtime.NumCPU()/2) }
