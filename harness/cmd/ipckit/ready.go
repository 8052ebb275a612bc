package main

import (
	"context"
	"errors"
	"os"
	"syscall"

	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/reports"
)

// ready makes sure that so many worlds can be made at a time: that there is a
// place for temporary files, and room for processes and shared memory. Where there
// is not, neither the subject nor the kit is at fault.
func ready(ctx context.Context, worlds int, isolation world.Isolation) error {
	dir, err := os.MkdirTemp("", "ipckit-try-")
	if err != nil {
		return usage("no temporary directory can be made in %s: %w\npoint TMPDIR at a directory that can be written, as in TMPDIR=/var/tmp ipckit check", os.TempDir(), err)
	}
	if err := os.Remove(dir); err != nil {
		return kitError(err)
	}
	if err := world.Room(ctx, worlds, isolation); err != nil {
		return usage("this host has too little room: %w", err)
	}
	return nil
}

// kitError is the kit's own fault, unless there was no room left to write to.
func kitError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return exitStatus{reports.ExitUsage, err}
	}
	return exitStatus{reports.ExitKit, err}
}
