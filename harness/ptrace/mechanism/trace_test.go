package mechanism

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/reexec"
)

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case Role:
		Main()
	case filteredRole:
		becomeFiltered()
	}
	os.Exit(m.Run())
}

// build compiles a C program.
func build(t *testing.T, source string) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler: ", err)
	}
	dir := t.TempDir()
	file, program := filepath.Join(dir, "program.c"), filepath.Join(dir, "program")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-o", program, file, "-pthread", "-lrt").CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	return program
}

type traced struct {
	facts  []Fact
	stdout string
	status int
}

func (r traced) has(call, object string) bool {
	for _, f := range r.facts {
		if f.Call == call && f.Errno == 0 && strings.Contains(f.Object, object) {
			return true
		}
	}
	return false
}

func (r traced) ended(t *testing.T) Ended {
	t.Helper()
	for _, f := range r.facts {
		if f.Ended != nil {
			return *f.Ended
		}
	}
	t.Fatalf("no fact reports the end: %v", r)
	return Ended{}
}

func (r traced) String() string {
	var b strings.Builder
	for _, f := range r.facts {
		fmt.Fprintf(&b, "%+v\n", f)
	}
	return b.String()
}

// run traces a command to its end.
func run(t *testing.T, path string, args ...string) traced {
	t.Helper()
	exe, argv, env := Command(path, append([]string{path}, args...))
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	var stdout bytes.Buffer
	cmd := &exec.Cmd{Path: exe, Args: argv, Env: append(os.Environ(), env...), Dir: t.TempDir(),
		Stdout: &stdout, Stderr: os.Stderr, ExtraFiles: []*os.File{write}}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	var r traced
	if err := Read(read, func(f Fact) { r.facts = append(r.facts, f) }); err != nil {
		t.Errorf("facts: %v", err)
	}
	_ = cmd.Wait()
	r.stdout, r.status = stdout.String(), cmd.ProcessState.ExitCode()
	for _, f := range r.facts {
		if f.Refused != "" && strings.Contains(f.Refused, "ptrace") {
			t.Skip(f.Refused)
		}
	}
	return r
}

func TestMechanisms(t *testing.T) {
	name := fmt.Sprintf("/ipckit-trace-%d", os.Getpid())
	for _, c := range []struct {
		name, source string
		want         [][2]string // call, part of the object
		not          []string
	}{
		{"posix shared memory and semaphores", `
			#include <fcntl.h>
			#include <semaphore.h>
			#include <sys/mman.h>
			#include <unistd.h>
			int main(void) {
				sem_t *s = sem_open(NAME, O_CREAT, 0600, 1);
				int fd = shm_open(NAME, O_CREAT | O_RDWR, 0600);
				ftruncate(fd, 100);
				mmap(0, 100, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
				sem_wait(s);
				shm_unlink(NAME);
				return sem_unlink(NAME);
			}`,
			[][2]string{{"shm_open", name}, {"sem_open", name}, {"mmap", name}, {"ftruncate", name}, {"shm_unlink", name}, {"sem_unlink", name}},
			[]string{"fork", "pipe", "pthread_create", "write-file", "read-file"}},
		{"a failed call is no use", `
			#include <fcntl.h>
			#include <semaphore.h>
			#include <sys/mman.h>
			int main(void) { shm_open(NAME, O_RDWR, 0); sem_open(NAME, 0); shm_unlink(NAME); return 0; }`,
			nil, []string{"shm_open", "sem_open", "shm_unlink"}},
		{"pipe and fork", `
			#include <sys/wait.h>
			#include <unistd.h>
			int main(void) {
				int p[2]; char c = 0;
				pipe(p);
				if (fork() == 0) return write(p[1], &c, 1) != 1;
				read(p[0], &c, 1);
				wait(0);
				return 0;
			}`,
			[][2]string{{"pipe", ""}, {"fork", ""}}, []string{"shm_open", "mmap", "pthread_create"}},
		{"system v", `
			#include <sys/ipc.h>
			#include <sys/msg.h>
			#include <sys/sem.h>
			#include <sys/shm.h>
			int main(void) {
				struct { long type; char text[4]; } m = {1, "abc"};
				struct sembuf up = {0, 1, 0};
				int s = shmget(IPC_PRIVATE, 100, 0600), e = semget(IPC_PRIVATE, 1, 0600), q = msgget(IPC_PRIVATE, 0600);
				shmdt(shmat(s, 0, 0));
				semop(e, &up, 1);
				msgsnd(q, &m, 4, 0);
				msgrcv(q, &m, 4, 1, 0);
				shmctl(s, IPC_RMID, 0); semctl(e, 0, IPC_RMID); msgctl(q, IPC_RMID, 0);
				return 0;
			}`,
			[][2]string{{"shmget", "IPC_PRIVATE"}, {"shmat", ""}, {"shmdt", ""}, {"semop", ""}, {"msgsnd", ""}, {"msgrcv", ""}, {"msgctl", ""}},
			[]string{"shm_open", "sem_open", "mq_open"}},
		{"fifo, files and threads", `
			#include <fcntl.h>
			#include <pthread.h>
			#include <stdio.h>
			#include <sys/stat.h>
			#include <unistd.h>
			static void *nothing(void *p) { return p; }
			int main(void) {
				pthread_t t;
				mkfifo("channel", 0600);
				open("channel", O_RDWR);
				fclose(fopen("items.txt", "w"));
				fclose(fopen("items.txt", "r"));
				pthread_create(&t, 0, nothing, 0);
				return pthread_join(t, 0);
			}`,
			[][2]string{{"mkfifo", "/channel"}, {"fifo", "/channel"}, {"write-file", "/items.txt"}, {"read-file", "/items.txt"}, {"pthread_create", ""}},
			[]string{"fork", "pipe"}},
		{"sockets, signals and a shared futex", `
			#include <pthread.h>
			#include <signal.h>
			#include <string.h>
			#include <sys/mman.h>
			#include <sys/socket.h>
			#include <sys/un.h>
			#include <sys/wait.h>
			#include <time.h>
			#include <unistd.h>
			#include <semaphore.h>
			static void handle(int s) { (void)s; }
			int main(void) {
				struct sockaddr_un a = {AF_UNIX, "door"};
				int s = socket(AF_UNIX, SOCK_STREAM, 0), p[2];
				bind(s, (struct sockaddr *)&a, sizeof a);
				socketpair(AF_UNIX, SOCK_DGRAM, 0, p);
				signal(SIGUSR1, handle);
				sem_t *m = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
				sem_init(m, 1, 0);
				pid_t child = fork();
				if (child == 0) { sem_wait(m); return 0; }
				usleep(50000);
				kill(child, SIGUSR1);
				usleep(50000);
				sem_post(m);
				sem_post(m);
				wait(0);
				return 0;
			}`,
			[][2]string{{"socket", "unix"}, {"bind", "unix door"}, {"socketpair", "unix"}, {"signal", "SIGUSR1"}, {"kill", ""},
				{"mmap", "shared by fork"}, {"futex", "shared"}, {"sleep", ""}},
			[]string{"connect", "pthread_create", "pipe"}},
		{"posix message queue", `
			#include <fcntl.h>
			#include <mqueue.h>
			int main(void) {
				char text[100];
				struct mq_attr a = {0, 4, 100, 0};
				mqd_t q = mq_open(NAME, O_CREAT | O_RDWR, 0600, &a);
				mq_send(q, "abc", 3, 0);
				mq_receive(q, text, 100, 0);
				return mq_unlink(NAME);
			}`,
			[][2]string{{"mq_open", name}, {"mq_send", name}, {"mq_receive", name}, {"mq_unlink", name}}, []string{"msgget"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, build(t, "#define _GNU_SOURCE\n#define NAME \""+name+"\"\n"+c.source))
			for _, w := range c.want {
				if !r.has(w[0], w[1]) {
					t.Errorf("%s %s was not seen", w[0], w[1])
				}
			}
			for _, n := range c.not {
				if r.has(n, "") {
					t.Errorf("%s was seen, but not done", n)
				}
			}
			if t.Failed() {
				t.Logf("facts:\n%s", r)
			}
		})
	}
}

func TestEndIsTheProgramsOwn(t *testing.T) {
	sh := "/bin/sh"
	if r := run(t, sh, "-c", "echo out; exit 7"); r.ended(t).Code != 7 || r.status != 7 || r.stdout != "out\n" {
		t.Errorf("exit 7 became %+v, status %d, stdout %q", r.ended(t), r.status, r.stdout)
	}
	if r := run(t, sh, "-c", "kill -SEGV $$"); r.ended(t) != (Ended{Code: -1, Signal: 11}) {
		t.Errorf("a segmentation fault became %+v", r.ended(t))
	}
	// The end of the program is reported at once; the tracer stays for the rest.
	if r := run(t, sh, "-c", "(sleep 0.2; echo late) & exit 3"); r.ended(t).Code != 3 || r.stdout != "late\n" {
		t.Errorf("a program that leaves another behind became %+v, stdout %q", r.ended(t), r.stdout)
	}
}

func TestProgramSeesNothingOfTheTracer(t *testing.T) {
	r := run(t, "/bin/sh", "-c", `env | grep IPCKIT_; ls -l /proc/self/fd/3 2>/dev/null; ls /proc/$PPID/fd 2>/dev/null; true`)
	if os.Geteuid() == 0 {
		// root reads every /proc/PID/fd; an ordinary user may not
		r = run(t, "/bin/sh", "-c", `env | grep IPCKIT_; ls -l /proc/self/fd/3 2>/dev/null; true`)
	}
	if strings.Contains(r.stdout, "IPCKIT_") || strings.Contains(r.stdout, "pipe:") || (os.Geteuid() != 0 && r.stdout != "") {
		t.Errorf("the program found %q", r.stdout)
	}
}

func TestStoppedStaysStopped(t *testing.T) {
	r := run(t, build(t, `
		#define _GNU_SOURCE
		#include <signal.h>
		#include <sys/wait.h>
		#include <unistd.h>
		int main(void) {
			int status, p[2];
			char c;
			pipe(p);
			pid_t child = fork();
			if (child == 0) { raise(SIGSTOP); write(p[1], "x", 1); return 5; }
			waitpid(child, &status, WUNTRACED);
			if (!WIFSTOPPED(status)) return 1;
			close(p[1]);
			usleep(200000);
			if (waitpid(child, &status, WNOHANG) != 0) return 2; /* it ran on */
			kill(child, SIGCONT);
			if (read(p[0], &c, 1) != 1) return 3;
			waitpid(child, &status, 0);
			return WIFEXITED(status) && WEXITSTATUS(status) == 5 ? 0 : 4;
		}`))
	if e := r.ended(t); e.Code != 0 {
		t.Errorf("job control under the tracer: the program ended with %+v", e)
	}
}

func TestRefusal(t *testing.T) {
	r := run(t, "/proc/none/program")
	if len(r.facts) != 1 || !strings.Contains(r.facts[0].Refused, "no such file") || r.status != refusedStatus {
		t.Errorf("a missing program became %v, status %d", r, r.status)
	}
}

func TestFloodOfCallsIsBounded(t *testing.T) {
	r := run(t, build(t, `
		#include <sched.h>
		#include <stdio.h>
		#include <sys/stat.h>
		#include <unistd.h>
		int main(void) {
			char name[32];
			for (int i = 0; i < 2000; i++) sched_yield();
			for (int i = 0; i < 5000; i++) { sprintf(name, "f%d", i); mkfifo(name, 0600); unlink(name); }
			return 0;
		}`))
	yields, blind := 0, false
	for _, f := range r.facts {
		if f.Call == "sched_yield" {
			yields = max(yields, f.Count)
		}
		blind = blind || f.Blind != ""
	}
	if yields != 1024 {
		t.Errorf("2000 calls were reported as %d, want the last power of two", yields)
	}
	if len(r.facts) > maxFacts+20 || !blind {
		t.Errorf("%d facts, blind %v: want at most about %d, and a fact that says so", len(r.facts), blind, maxFacts)
	}
}

// TestFailedCalls: a call that fails is reported with its reason, and with the length
// that it was given; one that a correct program makes as well is not.
func TestFailedCalls(t *testing.T) {
	r := run(t, build(t, `#include <fcntl.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <unistd.h>
int main(void) {
	char room[64];
	shm_unlink("/ipckit-no-such-object");
	for (int i = 0; i < 3; i++)
		msgrcv(-1, room, 24, 0, IPC_NOWAIT);
	return 0;
}`))
	got := Failures(r.facts)
	if len(got) != 1 || got[0].String() != "msgrcv of 24 bytes on id -1 failed with EINVAL (invalid argument)" || got[0].Count < 2 {
		t.Errorf("got %v; facts:\n%v", got, r)
	}
}
