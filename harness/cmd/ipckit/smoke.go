package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/world"
)

func newSmoke() *cobra.Command {
	return &cobra.Command{
		Use:   "smoke SUBJECT",
		Short: "Look at a subject's adapter alone, before anything else is believed",
		Long: `Smoke builds the subject, starts its adapter and speaks the protocol with it,
step by step, without judging the implementation behind it.`,
		Args:              exactly(1, "smoke needs SUBJECT, such as: ipckit smoke ./mybuffer"),
		ValidArgsFunction: completeSubjects,
		RunE:              func(c *cobra.Command, args []string) error { return smokeAlone(c.Context(), args[0]) },
	}
}

func smokeAlone(ctx context.Context, name string) error {
	if err := ready(ctx, 1, world.Auto); err != nil {
		return err
	}
	t, err := open(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = t.close() }()
	if t.claims.Programs != nil {
		if t.buildErr != nil {
			return usage("%w", t.buildErr)
		}
		fmt.Println("The programs are built. They have no adapter: `ipckit check` runs them as they are.")
		return nil
	}
	w, err := world.New(ctx, world.Options{})
	if err != nil {
		return kitError(err)
	}
	defer w.Close()
	findings, err := agent.Smoke(ctx, w, t.launcher, t.claims)
	for _, f := range findings {
		fmt.Printf("✓ %s: %s\n", f.Step, f.Saw)
	}
	if err != nil {
		return usage("%w", err)
	}
	return nil
}
