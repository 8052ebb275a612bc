package subject_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
)

const cClaims = `subject: my buffer
version: 1.10
language: C
c:
  sources: [buffer.c]
  flags: [-pthread]
build: "true"
profiles:
  region:
    maximum: 16MiB
  buffer.one-to-one:
    capacity:
      items: {min: 2, max: 64}
    slots: N-1
    item: {max: 4KiB}
    close: true
    partial: [BUF-HUGE]
  mailbox:
    capacity: {bytes: 64KiB}
    item: {fixed: 4}
extended: [BUF-SLEEP]
known:
  - requirement: BUF-FIFO
    verdict: fail
    reason: being rewritten
    until: 2030-01-31
`

const programClaims = `subject: pair
programs:
  roles:
    producer: {command: "./producer {items}"}
    consumer: {command: ./consumer}
  capacity: 4
  observe:
    produced: 'produced (\d+)'
    consumed: 'consumed (\d+)'
  mechanism:
    require: [shm_open]
`

// write puts a claims file into a directory of its own.
func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), subject.ClaimsFile)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestReadClaims(t *testing.T) {
	path := write(t, cClaims)
	for _, p := range []string{path, filepath.Dir(path)} {
		c, err := subject.ReadClaims(p)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Check(requirements); err != nil {
			t.Fatalf("Check: %v", err)
		}
		b := c.Profiles.OneToOne
		if c.Subject != "my buffer" || c.Version != "1.10" || c.C.Sources[0] != "buffer.c" || c.Profiles.Region.Maximum != 16<<20 {
			t.Errorf("got %+v", c)
		}
		if *b.Capacity.Items != (subject.Range{Min: 2, Max: 64}) || b.Slots != "N-1" || b.Item.Max != 4096 || !b.Close || b.Cancel {
			t.Errorf("buffer: got %+v", b)
		}
		if r := c.Profiles.Mailbox.Capacity.Bytes; !r.Fixed() || r.Max != 65536 {
			t.Errorf("a single number is fixed: got %v", r)
		}
		if c.Known[0].Until != "2030-01-31" {
			t.Errorf("until: got %q", c.Known[0].Until)
		}
	}
}

func TestReadClaimsOfPrograms(t *testing.T) {
	c, err := subject.ReadClaims(write(t, programClaims))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(requirements); err != nil {
		t.Fatalf("Check: %v", err)
	}
	if got := strings.Join(c.Claimed(), " "); got != "program" {
		t.Errorf("profiles: got %s, want program", got)
	}
}

func TestReadClaimsNamesLineAndWord(t *testing.T) {
	for _, tt := range []struct{ old, new, want string }{
		{"buffer.one-to-one:", "buffer.one-to-many:", `:11: unknown key "buffer.one-to-many" in profiles; did you mean buffer.one-to-one? (known keys: region, word, lock, semaphore, rwlock, snapshot, buffer.one-to-one, buffer.many, mailbox, link, network, cooperation)`},
		{"  region:", "  application: {}\n  region:", `:9: unknown key "application" in profiles: this version of ipckit has no check for such a profile (known keys: region, `},
		{"language:", "lang:", `:3: unknown key "lang"; did you mean language? (known keys: subject, version, language, agent, c, programs, build, control, profiles, extended, performance, known, scenarios)`},
		{"close: true", "close: yes", `:16: profiles.buffer.one-to-one.close: want true or false, not "yes"`},
		{"maximum: 16MiB", "maximum: 16MB", `:10: profiles.region.maximum: size "16MB": want a number of bytes such as 4096, 64KiB or 16MiB`},
		{"{min: 2, max: 64}", "{min: 2}", `:13: profiles.buffer.one-to-one.capacity.items: a range needs both ends, such as {min: 1, max: 64}; a single number is fixed`},
		{"{min: 2, max: 64}", "many", `:13: profiles.buffer.one-to-one.capacity.items: size "many": want a number of bytes such as 4096, 64KiB or 16MiB, or a range such as {min: 1, max: 64}`},
		{"{min: 2, max: 64}", "{min: 2, maximum: 64}", `:13: unknown key "maximum" in profiles.buffer.one-to-one.capacity.items`},
		{"    maximum: 16MiB\n", "", `:9: profiles.region has no value: write region: {} for its defaults, or remove the line`},
		{"extended: [BUF-SLEEP]", "extended: BUF-SLEEP", `:21: extended: want a list such as [A, B], not "BUF-SLEEP"`},
	} {
		text := strings.Replace(cClaims, tt.old, tt.new, 1)
		if text == cClaims {
			t.Fatalf("%q is not in the file", tt.old)
		}
		path := write(t, text)
		_, err := subject.ReadClaims(path)
		if err == nil {
			t.Errorf("%q was accepted, want %s", tt.new, tt.want)
		} else if !strings.HasPrefix(err.Error(), path+tt.want) {
			t.Errorf("%q:\n got %s\nwant %s", tt.new, strings.TrimPrefix(err.Error(), path), tt.want)
		}
	}
}

func TestReadRangeOverSeveralLines(t *testing.T) {
	text := strings.Replace(cClaims, "items: {min: 2, max: 64}", "items:\n        min: 2 # two\n        max: 64KiB", 1)
	c, err := subject.ReadClaims(write(t, text))
	if err != nil {
		t.Fatal(err)
	}
	if got := *c.Profiles.OneToOne.Capacity.Items; got != (subject.Range{Min: 2, Max: 65536}) {
		t.Errorf("got %v", got)
	}
}

func TestReadClaimsOfWhatIsNoClaimsFile(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, make([]byte, 1<<20+1), 0o600); err != nil {
		t.Fatal(err)
	}
	pkg := t.TempDir()
	if err := os.WriteFile(filepath.Join(pkg, "ring.go"), []byte("package ring\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ path, want string }{
		{filepath.Join(dir, "nothing"), "no such file or directory; give a directory that holds ipckit.yaml, or that file"},
		{pkg, "a Go package is checked by its own test, with go test"},
		{dir, "the directory holds no ipckit.yaml; `ipckit new` writes one to start from"},
		{fifo, "want a regular file, this is a named pipe"},
		{os.DevNull, "want a regular file, this is a device"},
		{large, "larger than 1 MiB"},
	} {
		_, err := subject.ReadClaims(tt.path)
		if err == nil || !strings.HasPrefix(err.Error(), tt.path+": ") || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %s", tt.path, err, tt.want)
		}
	}
}

// Claims come from strangers: whatever is in the file, reading and checking
// end with an answer.
func FuzzClaims(f *testing.F) {
	f.Add(cClaims)
	f.Add(programClaims)
	path := filepath.Join(f.TempDir(), subject.ClaimsFile)
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := subject.ReadClaims(path)
		if err != nil || c.Check(requirements) != nil {
			return
		}
		c.Normalise()
		if err := c.Check(requirements); err != nil {
			t.Errorf("the defaults contradict the claims: %v", err)
		}
	})
}
