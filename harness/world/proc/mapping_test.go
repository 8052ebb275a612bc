package proc

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

func TestMappingLines(t *testing.T) {
	for line, want := range map[string]Mapping{
		"7f00-7f10 rw-s 00001000 00:1a 77                         /dev/shm/ring\n": {
			Low: 0x7f00, High: 0x7f10, Offset: 0x1000, Access: unix.PROT_READ | unix.PROT_WRITE, Shared: true,
			Object: Object{Device: "00:1a", Inode: 77}, Path: "/dev/shm/ring",
		},
		"400000-401000 r-xp 00000000 08:01 5 /a dir/prog (deleted)\n": {
			Low: 0x400000, High: 0x401000, Access: unix.PROT_READ | unix.PROT_EXEC,
			Object: Object{Device: "08:01", Inode: 5}, Path: "/a dir/prog (deleted)",
		},
		"c000-d000 ---p 00000000 00:00 0\n": {Low: 0xc000, High: 0xd000, Object: Object{Device: "00:00"}},
	} {
		if got, ok := parseMapping(line); !ok || got != want {
			t.Errorf("%q: %+v, %v, want %+v", line, got, ok, want)
		}
	}
	for _, line := range []string{"", "7f00-7f10 rw-s 0 00:1a", "x-y rw-s 0 00:1a 7", "1-2 rw 0 00:1a 7"} {
		if got, ok := parseMapping(line); ok {
			t.Errorf("%q is read as %+v", line, got)
		}
	}
}

func TestMappingsOfThisProcess(t *testing.T) {
	memory, err := unix.Mmap(-1, 0, 3*os.Getpagesize(), unix.PROT_READ, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(memory)
	all, err := Mappings(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	shared, code := 0, 0
	for _, m := range all {
		if m.Shared && m.Inode != 0 && m.High-m.Low == uint64(len(memory)) && m.Access == unix.PROT_READ {
			shared++
		}
		if m.Access&unix.PROT_EXEC != 0 && m.Path != "" {
			code++
		}
	}
	if shared != 1 || code == 0 {
		t.Errorf("%d shared mappings of three pages and %d of code in %+v", shared, code, all)
	}
}
