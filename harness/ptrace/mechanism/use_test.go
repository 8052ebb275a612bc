package mechanism

import (
	"reflect"
	"testing"
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
