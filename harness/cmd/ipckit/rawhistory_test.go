package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/reports"
)

// recorded writes a history file and gives its bytes.
func recorded(t *testing.T, path string, process uint32, ops ...history.Op) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := history.NewLog(process, ops).WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func ticket(inv, ret int64, result uint64) history.Op {
	return history.Op{Kind: history.Add, Inv: inv, Ret: ret, Value: result, Aux: 1}
}

// TestReportReadsHistories: what was recorded is printed and decided; what is wrong
// with a file is reported with its name and place, and what was recorded before that
// place still counts.
func TestReportReadsHistories(t *testing.T) {
	t.Parallel()
	const record = 128 // the first
	le := binary.LittleEndian
	lost := func() history.Op { return ticket(15, 30, 0) }
	for _, x := range []struct {
		name   string
		second []history.Op
		damage func(b []byte) []byte // of the second file
		args   []string
		status int
		say    []string
	}{
		{"allowed", []history.Op{ticket(30, 40, 1), {Kind: history.Add, Inv: 50, Aux: 1}}, nil, nil, reports.ExitPass,
			[]string{"process 2", "add     ok               1", "add     pending          1", "checked as counter: allowed"}},
		{"violation", []history.Op{lost()}, nil, nil, reports.ExitFail, []string{"checked as counter: violation", "├"}},
		{"truncated", []history.Op{ticket(30, 40, 1), ticket(50, 60, 2)}, func(b []byte) []byte { return b[:record+40] }, nil,
			reports.ExitInconclusive, []string{"second, byte 168: truncated", "add     ok               1"}},
		{"truncated, and a violation before", []history.Op{lost(), ticket(50, 60, 2)}, func(b []byte) []byte { return b[:record+40] }, nil,
			reports.ExitFail, []string{"second, byte 168: truncated", "violation"}},
		{"other version", []history.Op{ticket(30, 40, 1)}, func(b []byte) []byte { b[8] = 9; return b }, nil,
			reports.ExitInconclusive, []string{"second, byte 8: wrong version", "version 9"}},
		{"foreign", nil, func([]byte) []byte { return []byte("GIF89a, and more than that") }, nil,
			reports.ExitInconclusive, []string{"second, byte 0: not a history"}},
		{"clock backwards", []history.Op{ticket(30, 40, 1), ticket(50, 60, 2)}, func(b []byte) []byte { le.PutUint64(b[record+32:], 7); return b }, nil,
			reports.ExitInconclusive, []string{"second, byte 160: clock went backwards"}},
		{"killed before the header", nil, func(b []byte) []byte { clear(b); return b }, nil,
			reports.ExitInconclusive, []string{"second, byte 0: not begun"}},
		{"asked for another object", []history.Op{ticket(30, 40, 1)}, nil, []string{"--object", "mutex"}, reports.ExitInconclusive, []string{"does not have"}},
		{"no such object", []history.Op{ticket(30, 40, 1)}, nil, []string{"--object", "fifos"}, reports.ExitUsage, []string{"fifos", "fifo"}},
		{"capacity missing", []history.Op{ticket(30, 40, 1)}, nil, []string{"--object", "bounded"}, reports.ExitUsage, []string{"bounded:4"}},
		{"as a page", []history.Op{ticket(30, 40, 1)}, nil, []string{"--format", "html"}, reports.ExitUsage, []string{"raw history"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			recorded(t, filepath.Join(dir, "first"), 1, ticket(10, 20, 0))
			second := filepath.Join(dir, "second")
			if b := recorded(t, second, 2, x.second...); x.damage != nil {
				if err := os.WriteFile(second, x.damage(b), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			r := ipckit(t, append([]string{"report", dir}, x.args...)...)
			r.expect(t, x.status)
			for _, want := range x.say {
				if !strings.Contains(r.out+r.errOut, want) {
					t.Errorf("lacks %q:\n%s%s", want, r.out, r.errOut)
				}
			}
		})
	}
}
