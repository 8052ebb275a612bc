package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/run"
)

// TestInstall: make puts the command and its completions where PREFIX and DESTDIR
// say, and takes them away again.
func TestInstall(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"make", "install"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	dir := t.TempDir()
	text, err := os.ReadFile("../../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "Makefile", string(text))
	if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "bin"), "ipckit", "#!/bin/sh\n"+asCommand+`=1 exec '`+self+`' "$@"`+"\n")
	stage := filepath.Join(dir, "a stage")
	call := func(target string) {
		t.Helper()
		c := exec.Command("make", "-o", "bin/ipckit", target, "DESTDIR="+stage, "PREFIX=/opt/kit")
		c.Dir = dir
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("make %s: %v\n%s", target, err, out)
		}
	}
	call("install")
	for path, want := range map[string]string{
		"bin/ipckit": asCommand,
		"share/bash-completion/completions/ipckit":    "complete",
		"share/zsh/site-functions/_ipckit":            "#compdef ipckit",
		"share/fish/vendor_completions.d/ipckit.fish": "complete",
	} {
		if text, err := os.ReadFile(filepath.Join(stage, "opt/kit", path)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: %v: %.80s", path, err, text)
		}
	}
	if out, err := exec.Command(filepath.Join(stage, "opt/kit/bin/ipckit"), "version").Output(); err != nil || !strings.Contains(string(out), run.Version) {
		t.Errorf("the installed command: %v: %s", err, out)
	}
	call("uninstall")
	err = filepath.WalkDir(stage, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			t.Errorf("left behind: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
