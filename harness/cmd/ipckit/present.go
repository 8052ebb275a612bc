package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/fatih/color"
	"golang.org/x/term"

	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
)

// A format renders a record; file is its name in the output directory, "" for
// those that are only printed.
type format struct {
	file   string
	render func(io.Writer, *reports.Record) error
}

var formats = map[string]format{
	"terminal":    {"", func(w io.Writer, r *reports.Record) error { return reports.Terminal(w, r, terminalOptions(false)) }},
	"html":        {"report.html", reports.HTML},
	"markdown":    {"report.md", reports.Markdown},
	"json":        {"report.json", reports.JSON},
	"junit":       {"junit.xml", reports.JUnit},
	"annotations": {"", reports.Annotations},
}

func formatNames() []string {
	return []string{"terminal", "html", "markdown", "json", "junit", "annotations"}
}

func fileNames() []string {
	var names []string
	for _, f := range formats {
		if f.file != "" {
			names = append(names, f.file)
		}
	}
	slices.Sort(names)
	return names
}

func terminalOptions(verbose bool) reports.TerminalOptions {
	o := reports.TerminalOptions{Color: !color.NoColor, Verbose: verbose, Width: 80}
	if width, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil && width > 0 {
		o.Width = width
	}
	return o
}

// unwritten makes an error of the kit, or a usage error where the place that was
// named is full or closed.
func unwritten(err error) error {
	for _, of := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS, syscall.EACCES, syscall.EPERM} {
		if errors.Is(err, of) {
			return usage("--out: %w: make room, or name another directory", err)
		}
	}
	return kitError(err)
}

// present writes the files and prints what was asked for.
func present(r *reports.Record, f checkFlags, dir string) error {
	if f.out != "" {
		for _, x := range formats {
			if x.file == "" {
				continue
			}
			if err := renderFile(filepath.Join(dir, x.file), r, x.render, os.O_TRUNC); err != nil {
				return unwritten(err)
			}
		}
	}
	if f.out != "" {
		if err := drawPictures(r, filepath.Join(dir, picturesDir)); err != nil {
			return unwritten(err)
		}
	}
	render := formats[f.format].render
	if f.format == "terminal" {
		o := terminalOptions(f.verbose)
		if f.out != "" {
			page, err := filepath.Abs(filepath.Join(dir, formats["html"].file))
			if err != nil {
				return kitError(err)
			}
			o.Files = []string{"file://" + page, filepath.Join(dir, run.RecordName)}
		}
		render = func(w io.Writer, r *reports.Record) error { return reports.Terminal(w, r, o) }
	}
	if err := render(os.Stdout, r); err != nil && !errors.Is(err, syscall.EPIPE) {
		return kitError(err)
	}
	return gitHub(r)
}

// picturesDir is where the pictures of what was measured stand beside the report.
const picturesDir = "pictures"

// drawPictures writes them, each as a file of its own.
func drawPictures(r *reports.Record, dir string) error {
	for i, p := range r.Pictures() {
		if i == 0 {
			if err := os.MkdirAll(dir, 0o777); err != nil {
				return err
			}
		}
		if err := os.WriteFile(filepath.Join(dir, p.Name), []byte(p.SVG), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// gitHub adds to the step summary and annotates, where a workflow runs us.
func gitHub(r *reports.Record) error {
	if os.Getenv("GITHUB_ACTIONS") != "true" {
		return nil
	}
	if err := reports.Annotations(os.Stdout, r); err != nil {
		return kitError(err)
	}
	if summary := os.Getenv("GITHUB_STEP_SUMMARY"); summary != "" {
		if err := renderFile(summary, r, reports.Markdown, os.O_APPEND); err != nil {
			say("ipckit: %v", err) // the verdict stands without it
		}
	}
	return nil
}

// renderFile renders before it opens, so that a failure leaves no half file.
func renderFile(path string, r *reports.Record, render func(io.Writer, *reports.Record) error, mode int) error {
	var b bytes.Buffer
	if err := render(&b, r); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|mode, 0o666)
	if err != nil {
		return err
	}
	if _, err := file.Write(b.Bytes()); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
