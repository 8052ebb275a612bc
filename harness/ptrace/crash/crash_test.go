package crash

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestCrash: of a process that dies, the function and line of its own code are
// named, the library's function that it was in, and what it reached for.
func TestCrash(t *testing.T) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler: ", err)
	}
	dir := t.TempDir()
	file, program := filepath.Join(dir, "program.c"), filepath.Join(dir, "program")
	if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-g", "-O1", "-fno-inline", "-o", program, file, "-pthread").CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	other := exec.Command("sleep", "60")
	if err := other.Start(); err != nil {
		t.Skip("no sleep: ", err)
	}
	defer func() {
		_ = other.Process.Kill()
		_ = other.Wait()
	}()
	for _, x := range []struct{ how, place, why string }{
		{"null", "null (program.c:9)", "uses address 0x0: a null pointer"},
		{"field", "field (program.c:10)", "uses address 0x8: a null pointer and 8 bytes"},
		{"memcpy", "copy (program.c:11, in ", "a null pointer and "},
		{"end", "end (program.c:18)", "beyond its end: it has 0 bytes"},
		{"readonly", "readonly (program.c:14)", "which is mapped read-only"},
		{"abort", "fails (program.c:12, in ", "calls abort"},
		{"divide", "quotient (program.c:13)", "divides by zero"},
		{"thread", "null (program.c:9)", "a null pointer"},
	} {
		t.Run(x.how, func(t *testing.T) {
			c := watch(t, program, x.how, filepath.Join(dir, "file"))
			if c == nil || !strings.HasPrefix(c.Place(), x.place) || !strings.Contains(c.Why, x.why) {
				t.Errorf("got %v, want %s… %s", c, x.place, x.why)
			}
		})
	}
	// Where the other process's heap begins shows in its maps only.
	t.Run("another's memory", func(t *testing.T) {
		c := watch(t, program, "other", heapOf(t, other.Process.Pid), Neighbour{other.Process.Pid, "consumer"})
		if c == nil || !strings.Contains(c.String(), " of consumer, another process") {
			t.Errorf("got %v", c)
		}
	})
	t.Run("none", func(t *testing.T) {
		if c := watch(t, program, "ends", ""); c != nil {
			t.Errorf("got %v of a process that did not crash", c)
		}
	})
}

// heapOf is an address in a process's heap, in hexadecimal.
func heapOf(t *testing.T, pid int) string {
	t.Helper()
	for range 1000 {
		text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/maps")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, "[heap]") {
				low, _, _ := strings.Cut(line, "-")
				return low
			}
		}
	}
	t.Skip("the other process has no heap")
	return ""
}

// watch runs a program that waits for a line before it dies, and watches it.
func watch(t *testing.T, program, how, argument string, others ...Neighbour) *Crash {
	t.Helper()
	cmd := exec.Command(program, how, argument)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ready [1]byte
	if _, err := out.Read(ready[:]); err != nil {
		t.Fatal(err)
	}
	w, err := Follow(cmd.Process.Pid, func() []Neighbour { return others })
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Skip(err)
	}
	_, _ = in.Write([]byte("\n"))
	c := w.Crash()
	_ = cmd.Wait()
	return c
}

const code = `#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
struct pair { long a, b; };
static void *null(void *p) { *(volatile int *)p = 1; return p; }
static long field(struct pair *p) { return ((volatile struct pair *)p)->b; }
static void copy(char *to, size_t n) { char from[4096]; memset(from, 1, sizeof from); memcpy(to, from, n); }
static void fails(int x) { if (x) abort(); }
static int quotient(volatile int a, volatile int b) { return a / b; }
static void readonly(volatile char *p) { *p = 1; }
static void end(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	*(volatile char *)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) = 1;
}
int main(int argc, char **argv)
{
	pthread_t t;
	const char *how = argv[1];
	write(1, "r", 1);
	if (getchar() == EOF) return 0;
	if (!strcmp(how, "null")) null(NULL);
	if (!strcmp(how, "field")) field(NULL);
	if (!strcmp(how, "memcpy")) copy((char *)16, 4096);
	if (!strcmp(how, "end")) end(argv[2]);
	if (!strcmp(how, "readonly")) readonly(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	if (!strcmp(how, "abort")) fails(argc);
	if (!strcmp(how, "divide")) quotient(argc, argc - argc);
	if (!strcmp(how, "other")) null((void *)strtoul(argv[2], NULL, 16));
	if (!strcmp(how, "thread")) { pthread_create(&t, NULL, null, NULL); pthread_join(t, NULL); }
	return 0;
}
`
