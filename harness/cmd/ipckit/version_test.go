package main

import (
	"runtime/debug"
	"slices"
	"testing"

	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"version"}, {"--version"}} {
		ipckit(t, args...).expect(t, reports.ExitPass, "ipckit "+run.Version, "go go1.", "catalogue "+suites.Version, "record 1")
	}
}

// TestBuilt: what the build information says is printed, and nothing is invented
// where it is silent.
func TestBuilt(t *testing.T) {
	t.Parallel()
	info := &debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{
		{Key: "GOOS", Value: "linux"}, {Key: "GOARCH", Value: "arm64"},
		{Key: "vcs.revision", Value: "c0ffee"}, {Key: "vcs.time", Value: "2026-03-02T09:14:07Z"}, {Key: "vcs.modified", Value: "true"},
	}}
	for _, x := range []struct {
		name string
		info *debug.BuildInfo
		want [][2]string
	}{
		{"changed checkout", info, [][2]string{
			{"revision", "c0ffee, 2026-03-02T09:14:07Z, with changes that are not committed"}, {"go", "go1.26.0 linux/arm64"}}},
		{"release", &debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: "v0.1.0"}, Settings: info.Settings[:2]}, [][2]string{
			{"module", "v0.1.0"}, {"go", "go1.26.0 linux/arm64"}}},
		{"none", nil, nil},
	} {
		if got := built(x.info); !slices.Equal(got, x.want) {
			t.Errorf("%s: got %q, want %q", x.name, got, x.want)
		}
	}
}
