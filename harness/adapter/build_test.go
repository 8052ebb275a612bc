package adapter_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/adapter"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

const nothing = "#include \"ipckit.h\"\nconst struct ipckit_subject ipckit_subject = {0};\n"

func TestCompileErrorShowsTheLine(t *testing.T) {
	needCompiler(t)
	a := load(t, place(t, map[string]string{
		"ipckit.yaml": "subject: slip\nc: {sources: [src/slip.c]}\n",
		"src/slip.c":  "#include \"ipckit.h\"\n\nint x = ;\n",
	}))
	refused(t, a, "slip cannot be built", "src/slip.c:3:", "exit status 1")
}

func TestFlagsAndFilesOfAllSorts(t *testing.T) {
	needCompiler(t)
	a := load(t, place(t, map[string]string{
		"ipckit.yaml": "subject: odd\nbuild: grep -q ipckit_subject ipckit.h && cp template made.c\nc:\n  sources: [main.c, sub/part.c, -x.c, made.c]\n  headers: [include/course.h]\n" +
			"  flags: [-Wextra, -Werror, -Wconversion, -std=c99, -Dmain=course_main, -lm, -g]\n",
		"main.c":           "#include \"course.h\"\nint main(void) { return part() + x(); }\n",
		"template":         nothing,
		"sub/part.c":       "#include <math.h>\n#include <semaphore.h>\n#include \"course.h\"\n#include \"ipckit.h\"\nint part(void) { sem_t *s = 0; (void)s; return (int)cbrt((double)x()); }\n",
		"-x.c":             "#include \"course.h\"\nint x(void) { return 8; }\n",
		"include/course.h": "int part(void);\nint x(void);\n",
		"semaphore.h":      "#error \"a header of the subject's took the place of the system's\"\n",
		"ipckit.h":         "#error \"an old copy of the header is used\"\n",
	}))
	begin(t, worldtest.New(t, world.Options{}), build(t, a), "odd")
}

func TestWhatIsMissingIsNamed(t *testing.T) {
	for _, x := range []struct {
		claims string
		says   []string
	}{
		{"c: {sources: [gone.c]}", []string{"c.sources", "gone.c", "does not exist"}},
		{"c: {sources: [../outside.c]}", []string{"c.sources", "outside the directory"}},
		{"c: {sources: [here.c], headers: [gone.h]}", []string{"c.headers", "gone.h"}},
		{"c: {sources: [sub]}", []string{"c.sources", "sub"}},
		{"c: {sources: [here.c], flags: [-c]}", []string{"c.flags", "-c"}},
		{"c: {sources: [here.c], flags: [-E]}", []string{"c.flags"}},
		{"agent: ./gone", []string{"agent", "there is no ./gone"}},
		{"agent: ./gone\nbuild: \"true\"", []string{"there is no ./gone", "after the build"}},
		{"agent: ./here.c", []string{"cannot be executed", "chmod +x"}},
		{"agent: ./sub", []string{"./sub is no file"}},
		{"agent: ../gone", []string{"outside the directory"}},
		{"agent: no-such-program-anywhere", []string{"PATH", "./no-such-program-anywhere"}},
		{"agent: /proc/none/program", []string{"/proc/none/program"}},
	} {
		t.Run(x.claims, func(t *testing.T) {
			if strings.HasPrefix(x.claims, "c:") {
				needCompiler(t)
			}
			refused(t, load(t, place(t, map[string]string{
				"ipckit.yaml": "subject: lost\n" + x.claims + "\n", "here.c": nothing, "sub/empty": "",
			})), x.says...)
		})
	}
}

func TestNoCompiler(t *testing.T) {
	dir := place(t, map[string]string{"ipckit.yaml": "subject: s\nc: {sources: [s.c]}\n", "s.c": nothing})
	t.Run("named", func(t *testing.T) {
		t.Setenv("CC", "no-such-compiler -m32")
		refused(t, load(t, dir), "no C compiler", "no-such-compiler")
	})
	t.Run("none", func(t *testing.T) {
		t.Setenv("CC", "")
		t.Setenv("PATH", t.TempDir())
		refused(t, load(t, dir), "no C compiler", "install")
	})
	t.Run("with arguments", func(t *testing.T) {
		needCompiler(t)
		t.Setenv("CC", "cc -DGIVEN")
		text := "#ifndef GIVEN\n#error \"without it\"\n#endif\n" + nothing
		build(t, load(t, place(t, map[string]string{"ipckit.yaml": "subject: s\nc: {sources: [s.c]}\n", "s.c": text})))
	})
}

// script makes a subject that is built by a shell script.
func script(t *testing.T, text string) *adapter.Adapter {
	t.Helper()
	return load(t, place(t, map[string]string{
		"ipckit.yaml": "subject: s\nagent: ./a\nbuild: sh ./script\n", "script": text, "a+": "#!/bin/sh\n",
	}))
}

func TestBuildThatDoesNotEndIsEnded(t *testing.T) {
	for _, x := range []struct {
		name, script string
		wall         time.Duration
		says         []string
	}{
		{"fails", "echo first; echo second >&2; exit 3", patient, []string{"sh ./script", "exit status 3", "first", "second"}},
		{"loops", "while :; do :; done", time.Second, []string{"time limit"}},
		{"sleeps", "echo waiting; sleep 1000", time.Second, []string{"time limit", "waiting"}},
		{"forks", "f() { f | f & }; f; sleep 1000", time.Second, []string{"time limit"}},
		{"floods", "echo the beginning; yes", patient, []string{"output limit", "the beginning", "left out"}},
		{"fills the disk", "i=0; while :; do i=$((i+1)); head -c 1000000 /dev/zero >f$i; done", patient, []string{"written more than"}},
		{"leaves many files", "i=0; while [ $i -lt 300 ]; do i=$((i+1)); mkdir d$i; done", patient, []string{"more than 200 files"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			a := script(t, x.script)
			a.Tighten(x.wall, 1<<20, 8<<20, 200)
			refused(t, a, x.says...)
		})
	}
}

func TestBuildEndsWithItsContext(t *testing.T) {
	a := script(t, "sleep 1000")
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err := a.Build(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || errors.As(err, new(*adapter.BuildError)) {
		t.Errorf("interrupted, the build gives %v", err)
	}
}

func TestBuildLeavesNoProcess(t *testing.T) {
	lock := filepath.Join(t.TempDir(), "lock")
	f, err := os.Create(lock)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := errors.Join(f.Chmod(0o666), os.Chmod(filepath.Dir(lock), 0o777), os.Chmod(filepath.Dir(filepath.Dir(lock)), 0o755)); err != nil {
		t.Fatal(err)
	}
	build(t, script(t, "setsid flock "+lock+" -c 'touch locked; sleep 1000' >/dev/null 2>&1 &\n"+
		"while [ ! -e locked ]; do sleep 0.01; done"))
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		t.Errorf("a process of the build goes on: its lock is held: %v", err)
	}
}

func TestBuildWritesNowhereElse(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("an ordinary user's build runs as that user and may write where that user may")
	}
	elsewhere := t.TempDir()
	a := script(t, "echo x >"+elsewhere+"/file; echo x >/etc/ipckit-was-here; echo x >made; exit 0")
	l := build(t, a)
	for _, path := range []string{elsewhere + "/file", "/etc/ipckit-was-here", a.Dir + "/made"} {
		if _, err := os.Lstat(path); err == nil {
			t.Errorf("%s was written", path)
			_ = os.Remove(path)
		}
	}
	if _, err := os.Stat(filepath.Join(l.Dir, "made")); err != nil {
		t.Errorf("what the build made is not there: %v", err)
	}
}

// What a build leaves is copied with care: the kit may read what its author
// may not.
func TestOnlyTheBuildsOwnFilesComeOut(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("nobody's business"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := place(t, map[string]string{
		"ipckit.yaml": "subject: s\nagent: ./a\nbuild: sh ./script\n", "a+": "#!/bin/sh\n", "sub/tool+": "x", "plain": "y",
		"script": "ln -s " + secret + " link; ln -s plain inside; mkfifo pipe; umask 077; mkdir deep; echo z >deep/z; chmod +x plain",
	})
	if err := os.Symlink(secret, filepath.Join(dir, "before")); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	defer unix.Umask(unix.Umask(0o077))
	l := build(t, load(t, dir))
	for name, mode := range map[string]os.FileMode{
		".": 0o755 | os.ModeDir, "a": 0o755, "plain": 0o755, "sub": 0o755 | os.ModeDir, "sub/tool": 0o755, "deep/z": 0o644, "deep": 0o755 | os.ModeDir,
		"link": os.ModeSymlink | 0o777, "before": os.ModeSymlink | 0o777, "inside": os.ModeSymlink | 0o777,
	} {
		info, err := os.Lstat(filepath.Join(l.Dir, name))
		if err != nil || info.Mode() != mode {
			t.Errorf("%s: %v, %v; want mode %v", name, info, err, mode)
		}
	}
	for _, name := range []string{"pipe", "fifo"} {
		if _, err := os.Lstat(filepath.Join(l.Dir, name)); err == nil {
			t.Errorf("%s was copied", name)
		}
	}
}

// A subject may lie where its user cannot go.
func TestSubjectInAClosedDirectory(t *testing.T) {
	needCompiler(t)
	closed := filepath.Join(t.TempDir(), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(closed, "subject")
	if err := os.Rename(place(t, map[string]string{"ipckit.yaml": "subject: s\nc: {sources: [s.c]}\n", "s.c": nothing}), dir); err != nil {
		t.Fatal(err)
	}
	begin(t, worldtest.New(t, world.Options{}), build(t, load(t, dir)), "s")
}

func TestTheKitsEnvironmentStaysAtHome(t *testing.T) {
	t.Setenv("SECRET_KEY", "abc")
	t.Setenv("ASAN_OPTIONS", "x=1")
	l := build(t, script(t, "env >seen"))
	seen, err := os.ReadFile(filepath.Join(l.Dir, "seen"))
	if err != nil {
		t.Fatal(err)
	}
	for process, env := range map[string]string{"build": string(seen), "agent": strings.Join(l.Env, "\n")} {
		if strings.Contains(env, "SECRET_KEY") || !strings.Contains(env, "PATH=") || !strings.Contains(env, "ASAN_OPTIONS=x=1") {
			t.Errorf("the %s gets %s", process, env)
		}
	}
}
