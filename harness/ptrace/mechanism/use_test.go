package mechanism

import (
	"fmt"
	"reflect"
	"testing"

	"golang.org/x/sys/unix"
)

func TestUses(t *testing.T) {
	uses := Uses([]Fact{
		{PID: 1, Call: "shm_open", Object: "/b", Count: 1},
		{PID: 1, Call: "read-file", Object: "/own"},
		{PID: 1, Call: "write-file", Object: "/own"},
		{PID: 1, Call: "write-file", Object: "/passed"},
		{PID: 2, Call: "read-file", Object: "/passed"},
		{PID: 2, Call: "shm_open", Object: "/a", Count: 1},
		{PID: 2, Call: "shm_open", Object: "/a", Count: 2},
		{PID: 2, Ended: &Ended{}},
	})
	want := []Use{
		{Name: "shm_open", Objects: []string{"/a", "/b"}, PIDs: []int{1, 2}},
		{Name: "file", Objects: []string{"/passed"}, PIDs: []int{1, 2}},
	}
	if !reflect.DeepEqual(uses, want) {
		t.Errorf("got %+v\nwant %+v", uses, want)
	}
}

func TestFind(t *testing.T) {
	uses := []Use{{Name: "vfork"}, {Name: "mq_send"}}
	for name, want := range map[string]bool{"fork": true, "vfork": true, "mq_timedsend": true, "mq_receive": false, "pipe": false} {
		if got := Find(uses, name) != nil; got != want {
			t.Errorf("Find(%s) = %v, want %v", name, got, want)
		}
	}
	if Known("shm_opne") || !Known("shm_open") {
		t.Error("Known does not tell a mistyped name")
	}
}

func TestFiles(t *testing.T) {
	files := Files([]Use{
		{Name: "shm_open", Objects: []string{"/b", "/../etc/passwd"}}, {Name: "sem_open", Objects: []string{"/s"}},
		{Name: "mq_open", Objects: []string{"/q"}}, {Name: "shm_unlink", Objects: []string{"/other"}},
	})
	if want := []string{"/dev/mqueue/q", "/dev/shm/b", "/dev/shm/sem.s"}; !reflect.DeepEqual(files, want) {
		t.Errorf("got %q, want %q", files, want)
	}
}

func TestFailures(t *testing.T) {
	for _, x := range []struct {
		name  string
		facts []Fact
		want  string
	}{
		{"a receive into too small a buffer", []Fact{
			{PID: 1, Call: "mq_receive", Object: "/q", Bytes: 64, Errno: int(unix.EMSGSIZE), Count: 1}, {PID: 1, Call: "mq_receive", Object: "/q", Count: 1},
			{PID: 1, Call: "mq_receive", Object: "/q", Bytes: 64, Errno: int(unix.EMSGSIZE), Count: 2}}, "[mq_receive of 64 bytes on /q failed with EMSGSIZE (message too long)]"},
		{"open until it is there", []Fact{
			{PID: 1, Call: "shm_open", Object: "/b", Errno: int(unix.ENOENT), Count: 4}, {PID: 1, Call: "shm_open", Object: "/b", Count: 1}}, "[]"},
		{"open, and another process finds it", []Fact{
			{PID: 1, Call: "shm_open", Object: "/b", Errno: int(unix.ENOENT), Count: 4}, {PID: 2, Call: "shm_open", Object: "/b", Count: 1}},
			"[shm_open on /b failed with ENOENT (no such file or directory)]"},
		{"removed to be on the safe side", []Fact{{PID: 1, Call: "shm_unlink", Object: "/b", Errno: int(unix.ENOENT), Count: 1}}, "[]"},
		{"a file that may be there", []Fact{{PID: 1, Call: "read-file", Object: "/w/config", Errno: int(unix.ENOENT), Count: 1}}, "[]"},
		{"a named pipe that is there", []Fact{{PID: 1, Call: "mkfifo", Object: "/w/p", Errno: int(unix.EEXIST), Count: 1}}, "[]"},
	} {
		if got := fmt.Sprint(Failures(x.facts)); got != x.want {
			t.Errorf("%s: got %s, want %s", x.name, got, x.want)
		}
	}
	failed := Fact{PID: 1, Call: "mq_receive", Object: "/q", Errno: int(unix.EMSGSIZE)}
	if uses := Uses([]Fact{failed, {PID: 1, Call: "shm_open", Object: "/b", Errno: int(unix.ENOENT)}}); len(uses) != 1 || uses[0].Name != "mq_receive" {
		t.Errorf("a try to move data is use, one to open an object is none: got %v", uses)
	}
}
