package proc_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/proc"
)

// TestThreads: of a process with threads that wait for one another, the one that waits
// for another process is reported, and each is listed, with the semaphore by its name.
func TestThreads(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a world")
	}
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler: ", err)
	}
	dir, err := os.MkdirTemp("", "ipckit-threads-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	_ = os.Chmod(dir, 0o755) // the world's user may be another
	program, file := filepath.Join(dir, "program"), filepath.Join(dir, "program.c")
	if err := os.WriteFile(file, []byte(threads), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-o", program, file, "-pthread").CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	p := start(t, "exec "+program)
	const where = "asleep in futex(/dev/shm/sem.ipckit-threads+0) (waiter, one of 4 threads)"
	eventually(t, where, func() bool { return proc.Where(p) == where })
	list := strings.Join(proc.Threads(p, func(proc.Thread) bool { return false }), "\n")
	for _, want := range []string{", program: asleep in futex(private memory)", ", waiter: asleep in futex(/dev/shm/sem.ipckit-threads+0)", " (and 2 more)"} {
		if !strings.Contains(list, want) {
			t.Errorf("it lacks %q:\n%s", want, list)
		}
	}
	if list := proc.Threads(p, func(proc.Thread) bool { return true }); list != nil {
		t.Errorf("all were left out, and yet: %q", list)
	}
}

const threads = `#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/prctl.h>
static sem_t *s;
static void *waits(void *p) { prctl(PR_SET_NAME, "waiter"); sem_wait(s); return p; }
int main(void)
{
	pthread_t t[3];
	s = sem_open("/ipckit-threads", O_CREAT, 0600, 0);
	for (int i = 0; i < 3; i++)
		pthread_create(&t[i], NULL, waits, NULL);
	return pthread_join(t[0], NULL);
}
`

// TestMappingName: memory has the name that its file has now, not the one under which
// it was opened.
func TestMappingName(t *testing.T) {
	dir := t.TempDir()
	passing, lasting := filepath.Join(dir, "passing"), filepath.Join(dir, "lasting")
	f, err := os.Create(passing)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(4096); err != nil {
		t.Fatal(err)
	}
	memory, err := unix.Mmap(int(f.Fd()), 0, 4096, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Munmap(memory) }()
	name := func() string {
		all, err := proc.Mappings(os.Getpid())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all {
			if strings.HasPrefix(m.Path, passing) {
				return m.Name(os.Getpid())
			}
		}
		t.Fatal("no such mapping")
		return ""
	}
	for _, x := range []struct {
		change func() error
		want   string
	}{
		{func() error { return nil }, passing},
		{func() error { return os.Link(passing, lasting) }, passing},
		{func() error { return os.Remove(passing) }, lasting},
		{func() error { return os.Remove(lasting) }, passing + " (deleted)"},
	} {
		if err := x.change(); err != nil {
			t.Fatal(err)
		}
		if got := name(); got != x.want {
			t.Errorf("got %s, want %s", got, x.want)
		}
	}
}
