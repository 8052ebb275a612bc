package sanitize

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
)

// A file with inline assembly that may synchronise is found; assembly that only
// slows down a loop, or is in a comment, does not count.
func TestAssembly(t *testing.T) {
	for _, x := range []struct{ name, text, want string }{
		{"exchange", `__asm__ __volatile__("xchg %0, %1" : "+r"(v), "+m"(*p));`, "a.c"},
		{"barrier", `asm volatile("" ::: "memory");`, "a.c"},
		{"fence", `_mm_mfence();`, "a.c"},
		{"pause", `__asm__ volatile ("pause" ::: "memory");`, ""},
		{"comment", "/* asm(\"xchg\"); */ // asm(\"xchg\");\nint plasma;", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "a.c"), []byte(x.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if got, err := assembly(dir, &subject.C{Sources: []string{"a.c"}}); got != x.want || err != nil {
				t.Errorf("%q, %v; want %q", got, err, x.want)
			}
		})
	}
}

const printed = `ipckit: round word
ipckit: shared 0x1000 8 what is guarded
ipckit: shared 0x7f00 256 memory
==================
WARNING: ThreadSanitizer: data race (pid=7)
  Write of size 8 at 0x7f10 by thread T2:
    #0 memcpy ../../src/interceptors.inc:827 (libtsan.so.2+0x5dda6)
    #1 copy ./a.c:2 (subject2.so+0x26fe) (BuildId: 12)
    #2 word_add a.c:3:9 (subject2.so+0x26ff)
    #3 word_step family.h:40 (.ipckit-threads+0x1)

  Previous atomic read of size 8 at 0x7f10 by thread T1 (mutexes: write M1):
    #0 word_load a.c:1 (subject1.so+0x30aa)

  Thread T2 (tid=9, running) created by main thread at:
    #0 pthread_create ../../src/x.cpp:1001 (libtsan.so.2+0x5e686)

SUMMARY: ThreadSanitizer: data race a.c:2 in copy
==================
WARNING: ThreadSanitizer: data race (pid=7)
  Write of size 4 at 0x55550000 by thread T2:
    #0 word_add a.c:1 (subject2.so+0x26fe)

  Previous write of size 4 at 0x55550000 by thread T1:
    #0 word_add a.c:1 (subject1.so+0x30aa)

SUMMARY: ThreadSanitizer: data race a.c:1 in word_add
ipckit: round lock
ipckit: shared 0x1000 8 what is guarded
WARNING: ThreadSanitizer: data race (pid=7)
  Write of size 8 at 0x1000 by thread T2:
    #0 lock_step family.h:80 (.ipckit-threads+0x1)

  Previous write of size 8 at 0x1000 by thread T1:
    #0 lock_step family.h:80 (.ipckit-threads+0x1)

SUMMARY: ThreadSanitizer: data race family.h:80 in lock_step
ipckit: round semaphore
ipckit: shared 0x1000 8 what is guarded
WARNING: ThreadSanitizer: data race (pid=7)
  Write of size 8 at 0x1000 by thread T2:
    #0 lock_step family.h:80 (.ipckit-threads+0x1)

  Previous write of size 8 at 0x1000 by thread T1:
    #0 lock_step family.h:80 (.ipckit-threads+0x1)

SUMMARY: ThreadSanitizer: data race family.h:80 in lock_step
ipckit: blind it forks
ipckit: round snapshot
`

// Only races in shared memory count, and only in rounds that were not left out.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.c"), []byte("first\n\tsecond\nthird\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rounds := []*Round{{Profile: "word"}, {Profile: "lock"}, {Profile: "semaphore"}, {Profile: "snapshot"}, {Profile: "mailbox"}}
	begun, races := read(printed, rounds, "killed", dir)
	if begun != 4 || len(races) != 2 {
		t.Fatalf("%d rounds, races %+v", begun, races)
	}
	want := [2]Access{
		{Kind: "write", Size: 8, Operation: "word_add", Function: "copy", File: "a.c", Line: 2, Text: "second"},
		{Kind: "atomic read", Size: 8, Operation: "word_load", Function: "word_load", File: "a.c", Line: 1, Text: "first"},
	}
	if r := races[0]; r.Accesses != want || r.Memory != "byte 16 of 256 shared bytes" || r.Profile != "word" {
		t.Errorf("%+v", r)
	}
	if r := races[1]; r.Profile != "lock" || r.Memory != "what is guarded" || r.Accesses[0].Place() != "the kit, holding the lock" {
		t.Errorf("%+v", r)
	}
	for i, left := range []string{"", "", "it forks", "the round did not end: killed", ""} {
		if rounds[i].Left != left {
			t.Errorf("round %d: %q, want %q", i, rounds[i].Left, left)
		}
	}
}
