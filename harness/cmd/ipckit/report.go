package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
)

func newReport() *cobra.Command {
	var format, out string
	var verbose bool
	var as judge
	c := &cobra.Command{
		Use:   "report FILE",
		Short: "Render a record again; read a raw history",
		Long: `Report reads a record, FILE or FILE/report.jsonl, and prints it in another form.
Its exit status is that of the recorded run.

FILE may also be a history, as processes under load write them, or a directory
of those of one run. Report prints what each holds, and has the checker that fits
its operations decide it. Exit status: 0 allowed, or not checked; 1 a violation;
2 undecided, or a file is damaged: the place is named, and what was recorded
before it is read.`,
		Args: exactly(1, "report needs FILE, such as: ipckit report report/report.jsonl"),
		RunE: func(c *cobra.Command, args []string) error {
			if files := rawHistory(args[0]); files != nil {
				if c.Flags().Changed("format") || out != "" {
					return usage("--format, --out: %s is a raw history, which is printed as text to standard output only", args[0])
				}
				return reportHistory(files, as)
			}
			if as != (judge{}) {
				return usage("--object, --relaxed: %s is not a history file", args[0])
			}
			return report(args[0], format, out, verbose)
		},
	}
	c.Flags().StringVar(&as.object, "object", "", "of a history: what it was recorded of, one of "+strings.Join(objectNames, ", "))
	c.Flags().BoolVar(&as.relaxed, "relaxed", false, "of a history: attempts may be refused while another operation is in flight")
	c.Flags().StringVar(&format, "format", "terminal", "what to print: "+strings.Join(formatNames(), ", "))
	c.Flags().StringVar(&out, "out", "", "file to write to instead of standard output")
	c.Flags().BoolVarP(&verbose, "verbose", "v", false, "terminal: list every requirement, and explain each that falls short")
	_ = c.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func report(name, format, out string, verbose bool) error {
	f, ok := formats[format]
	if !ok {
		return usage("--format %q: want one of %s", format, strings.Join(formatNames(), ", "))
	}
	if format == "terminal" {
		f.render = func(w io.Writer, r *reports.Record) error { return reports.Terminal(w, r, terminalOptions(verbose)) }
	}
	r, err := readRecord(name)
	if err != nil {
		return err
	}
	if out != "" {
		if err := renderFile(out, r, f.render, os.O_TRUNC); err != nil {
			return usage("--out: %w", err)
		}
	} else if err := f.render(os.Stdout, r); err != nil && !errors.Is(err, syscall.EPIPE) {
		return kitError(err)
	}
	if code := r.Exit(false); code != reports.ExitPass {
		return exitStatus{code: code}
	}
	return nil
}

// readRecord reads a record by its name or by its directory's.
func readRecord(name string) (*reports.Record, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, run.RecordName)
	}
	r, err := reports.Read(name)
	if err != nil {
		return nil, usage("%w", err)
	}
	return r, nil
}

func newDiff() *cobra.Command {
	return &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Compare two records: what got worse, what got better",
		Long:  "Diff exits 1 when a requirement got worse, and 0 otherwise.",
		Args:  exactly(2, "diff needs OLD and NEW, such as: ipckit diff old.jsonl new.jsonl"),
		RunE: func(_ *cobra.Command, args []string) error {
			before, err := readRecord(args[0])
			if err != nil {
				return err
			}
			after, err := readRecord(args[1])
			if err != nil {
				return err
			}
			changes := reports.Diff(before, after)
			if err := reports.WriteDiff(os.Stdout, changes); err != nil {
				return kitError(err)
			}
			if len(changes) == 0 {
				fmt.Println("No requirement changed its verdict.")
			}
			for _, c := range changes {
				if c.Worse() {
					return exitStatus{code: reports.ExitFail}
				}
			}
			return nil
		},
	}
}
