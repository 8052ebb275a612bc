package sharedmemory

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func mustCreate(t *testing.T, name string, size int64, options ...Option) *Region {
	t.Helper()
	r, err := Create(name, size, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func wantError(t *testing.T, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("got error %v, expected one that is %q", got, want)
	}
}

// partOpen opens a region, writes its second argument at the offset in its
// third, and waits.
func partOpen(arguments []string) error {
	r, err := Open(arguments[0])
	if err != nil {
		return err
	}
	offset, _ := strconv.ParseInt(arguments[2], 10, 64)
	if _, err := r.WriteAt([]byte(arguments[1]), offset); err != nil {
		return err
	}
	fmt.Println("written")
	waitForOrder()
	return nil
}

func TestRegionIsSharedBetweenProcesses(t *testing.T) {
	t.Parallel()
	name := freshName(t)
	r := mustCreate(t, name, 3*4096+5)
	if len(bytes.Trim(r.Bytes(), "\x00")) != 0 {
		t.Fatal("a fresh region is not zero")
	}
	p := start(t, "open", name, "over there", 3*4096+5-10)
	p.expect("written")
	got := make([]byte, 10)
	if _, err := r.ReadAt(got, r.Size()-10); err != nil || string(got) != "over there" {
		t.Fatalf("read %q, %v", got, err)
	}
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", p.command.Process.Pid))
	if err != nil || !strings.Contains(string(maps), "rw-s") || !strings.Contains(string(maps), "/dev/shm"+name) {
		t.Fatalf("the other process does not map %s shared (%v)", name, err)
	}
	p.finish()
}

func TestRegionRefusesBadSizesAndLeavesNoName(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, -1, math.MinInt64, 1<<62 + 1, math.MaxInt64} {
		name := freshName(t)
		_, err := Create(name, size)
		wantError(t, err, ErrInvalid)
		_, err = Open(name)
		wantError(t, err, ErrNotExist)
	}
	for _, size := range []int64{1 << 62, 1 << 50} {
		name := freshName(t)
		_, err := Create(name, size)
		wantError(t, err, ErrNoSpace)
		_, err = Open(name)
		wantError(t, err, ErrNotExist)
	}
}

func TestRegionNames(t *testing.T) {
	t.Parallel()
	bad := []string{"", "/", "//", "name", "/.", "/..", "/../tmp/x", "/a/b", "/a/", "/a\x00b", "/" + strings.Repeat("x", 256)}
	for _, name := range bad {
		_, err := Create(name, 1)
		wantError(t, err, ErrInvalid)
		_, err = Open(name)
		wantError(t, err, ErrInvalid)
		wantError(t, Unlink(name), ErrInvalid)
		_, _, err = CreateOrOpen(name, 1)
		wantError(t, err, ErrInvalid)
	}
	unique := fmt.Sprintf("%d.", os.Getpid())
	good := []string{"/ü" + unique, "/…" + unique, "/ " + unique, "/" + unique + strings.Repeat("x", 255-len(unique))}
	for _, name := range good {
		r, err := Create(name, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.Close(), Unlink(name)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRegionCreateIsExclusive(t *testing.T) {
	t.Parallel()
	name := freshName(t)
	r := mustCreate(t, name, 100)
	r.Bytes()[99] = 7
	_, err := Create(name, 5)
	wantError(t, err, ErrExist)
	if !strings.Contains(err.Error(), "in use") {
		t.Fatalf("%v: does not report that the region is in use", err)
	}
	o, err := Open(name)
	if err != nil || o.Size() != 100 || o.Bytes()[99] != 7 || o.Stale() {
		t.Fatalf("the region was touched: %+v, %v", o, err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestRegionUnlinkAndReuse(t *testing.T) {
	t.Parallel()
	name := freshName(t)
	_, err := Open(name)
	wantError(t, err, ErrNotExist)
	wantError(t, Unlink(name), ErrNotExist)
	a := mustCreate(t, name, 10)
	b, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	a.Bytes()[0] = 1
	if err := Unlink(name); err != nil {
		t.Fatal(err)
	}
	_, err = Open(name)
	wantError(t, err, ErrNotExist)
	c := mustCreate(t, name, 20)
	if c.Bytes()[0] != 0 || c.Size() != 20 {
		t.Fatal("the new region is not a fresh one")
	}
	a.Bytes()[1] = 2
	if b.Bytes()[1] != 2 || c.Bytes()[1] != 0 {
		t.Fatal("attached handles of the unlinked region no longer share it")
	}
}

func TestRegionBoundsReadOnlyAndClose(t *testing.T) {
	t.Parallel()
	name := freshName(t)
	r := mustCreate(t, name, 10)
	for _, at := range []int64{-1, 9, 11, math.MaxInt64} {
		_, err := r.WriteAt([]byte("ab"), at)
		wantError(t, err, ErrBounds)
		_, err = r.ReadAt(make([]byte, 2), at)
		wantError(t, err, ErrBounds)
	}
	if len(bytes.Trim(r.Bytes(), "\x00")) != 0 {
		t.Fatal("a refused write changed something")
	}
	o, err := Open(name, ReadOnly())
	if err != nil {
		t.Fatal(err)
	}
	_, err = o.WriteAt([]byte("x"), 0)
	wantError(t, err, ErrPermission)
	r.Bytes()[3] = 'y'
	got := make([]byte, 1)
	if _, err := o.ReadAt(got, 3); err != nil || got[0] != 'y' {
		t.Fatalf("read %q, %v", got, err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	wantError(t, o.Close(), ErrClosed)
	_, err = o.ReadAt(got, 0)
	wantError(t, err, ErrClosed)
}

func TestRegionModeIgnoresUmask(t *testing.T) {
	t.Parallel()
	for _, mode := range []uint32{0o600, 0o644, 0o666} {
		name := freshName(t)
		mustCreate(t, name, 1, WithMode(mode))
		st, err := os.Stat("/dev/shm" + name)
		if err != nil || st.Mode().Perm() != os.FileMode(mode) {
			t.Fatalf("mode %v, expected %o (%v)", st.Mode(), mode, err)
		}
	}
}

func TestRegionRefusesWhatIsNotOne(t *testing.T) {
	t.Parallel()
	file := func(fill func(path string) error) string {
		name := freshName(t)
		if err := fill("/dev/shm" + name); err != nil {
			t.Fatal(err)
		}
		return name
	}
	names := []string{
		file(func(p string) error { return os.WriteFile(p, nil, 0o600) }),
		file(func(p string) error { return os.WriteFile(p, bytes.Repeat([]byte{1}, 8192), 0o600) }),
		file(func(p string) error { return unix.Mkfifo(p, 0o600) }),
		file(func(p string) error { return os.Symlink("/etc/passwd", p) }),
	}
	whole := freshName(t)
	mustCreate(t, whole, 8192)
	names = append(names, whole)
	if err := os.Truncate("/dev/shm"+whole, 8192); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		for _, options := range [][]Option{nil, {ReadOnly()}} {
			_, err := Open(name, options...)
			wantError(t, err, ErrInvalid)
		}
		_, err := Create(name, 1)
		wantError(t, err, ErrExist)
	}
}

// partEarly opens a name many times, and fails if it sees an incomplete region.
func partEarly(arguments []string) error {
	fmt.Println("ready")
	opened := 0
	for opened < 200 {
		r, err := Open(arguments[0])
		if errors.Is(err, ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if r.Size() != 5000 || r.Bytes()[4999] > 1 {
			return fmt.Errorf("opened a region of %d bytes", r.Size())
		}
		opened++
		if err := r.Close(); err != nil {
			return err
		}
	}
	fmt.Println("done")
	return nil
}

func TestRegionOpenedEarlyIsWholeOrMissing(t *testing.T) {
	t.Parallel()
	name := freshName(t)
	p := start(t, "early", name)
	p.expect("ready")
	done := make(chan struct{})
	go func() { defer close(done); p.expect("done") }()
	for {
		r, err := Create(name, 5000)
		if err != nil {
			t.Fatal(err)
		}
		r.Bytes()[4999] = 1
		if err := errors.Join(Unlink(name), r.Close()); err != nil {
			t.Fatal(err)
		}
		select {
		case <-done:
			p.finish()
			return
		default:
		}
	}
}

// partStampede creates or opens a region and increments one byte of it.
func partStampede(arguments []string) error {
	i, _ := strconv.Atoi(arguments[1])
	fmt.Println("ready")
	waitForOrder()
	r, created, err := CreateOrOpen(arguments[0], 4096)
	if err != nil {
		return err
	}
	r.Bytes()[i]++
	fmt.Println(created)
	waitForOrder()
	return nil
}

func TestRegionStampede(t *testing.T) {
	t.Parallel()
	const n = 8
	for range 5 {
		name := freshName(t)
		var processes []*process
		for i := range n {
			p := start(t, "stampede", name, i)
			p.expect("ready")
			processes = append(processes, p)
		}
		for _, p := range processes {
			p.order("go")
		}
		creators := 0
		for _, p := range processes {
			if p.line() == "true" {
				creators++
			}
		}
		r, created, err := CreateOrOpen(name, 4096)
		if err != nil {
			t.Fatal(err)
		}
		if created || creators != 1 || !bytes.Equal(r.Bytes()[:n], bytes.Repeat([]byte{1}, n)) {
			t.Fatalf("%d creators, bytes %v: the processes do not share one region", creators, r.Bytes()[:n])
		}
		_, _, err = CreateOrOpen(name, 4097)
		wantError(t, err, ErrInvalid)
		for _, p := range processes {
			p.finish()
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRegionStale(t *testing.T) {
	t.Parallel()
	name := freshName(t)
	r := mustCreate(t, name, 10)
	p := start(t, "open", name, "left", 0)
	p.expect("written")
	if r.Stale() {
		t.Fatal("stale for its creator")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	o, err := Open(name)
	if err != nil || o.Stale() {
		t.Fatalf("stale although a process is attached (%v)", err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	p.kill()
	_, err = Create(name, 10)
	wantError(t, err, ErrExist)
	if !strings.Contains(err.Error(), "left behind by process "+strconv.Itoa(os.Getpid())) {
		t.Fatalf("%v: does not name the process that left it", err)
	}
	o, err = Open(name)
	if err != nil || !o.Stale() || string(o.Bytes()[:4]) != "left" {
		t.Fatalf("not stale after SIGKILL of all (%v)", err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestRegionWithoutUnnamedFiles creates a region as on a file system without
// unnamed files.
func TestRegionWithoutUnnamedFiles(t *testing.T) {
	name := freshName(t)
	attempt := func() (*Region, error) {
		b, err := hidden()
		if err != nil {
			t.Fatal(err)
		}
		return b.become(name, "/dev/shm"+name, newHeader(kindRegion, 10), newSettings(nil), func([]byte) {})
	}
	r, err := attempt()
	wantError(t, err, nil)
	defer r.Close()
	_, err = attempt()
	wantError(t, err, ErrExist)
	o, err := Open(name)
	wantError(t, err, nil)
	defer o.Close()
	r.Bytes()[9] = 1
	if o.Bytes()[9] != 1 {
		t.Fatal("two regions")
	}
	if left, _ := filepath.Glob(fmt.Sprintf("/dev/shm/.sharedmemory.%d.*", os.Getpid())); len(left) != 0 {
		t.Fatalf("left behind: %v", left)
	}
}

// partCycle creates and unlinks a region until it is killed.
func partCycle(arguments []string) error {
	fmt.Println("ready")
	for {
		r, err := Create(arguments[0], 1<<20)
		if err != nil {
			return err
		}
		if err := errors.Join(Unlink(arguments[0]), r.Close()); err != nil {
			return err
		}
	}
}

func TestRegionCreatorKilledLeavesAllOrNothing(t *testing.T) {
	name := freshName(t)
	for i := range 40 * *effort {
		p := start(t, "cycle", name)
		p.expect("ready")
		time.Sleep(time.Duration(i%50) * 37 * time.Microsecond)
		p.kill()
		r, err := Open(name)
		switch {
		case err == nil:
			if r.Size() != 1<<20 {
				t.Fatalf("left a region of %d bytes", r.Size())
			}
			if err := errors.Join(r.Close(), Unlink(name)); err != nil {
				t.Fatal(err)
			}
		case !errors.Is(err, ErrNotExist):
			t.Fatal(err)
		}
	}
	if left, _ := filepath.Glob("/dev/shm/.sharedmemory.*"); len(left) != 0 {
		t.Fatalf("left behind: %v", left)
	}
}

func TestRegionCyclesLeaveNothing(t *testing.T) {
	descriptors := func() int {
		entries, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return len(entries)
	}
	mappings := func() int {
		maps, err := os.ReadFile("/proc/self/maps")
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(maps, []byte("sharedmemory-test"))
	}
	fds, maps := descriptors(), mappings()
	for range 1000 {
		name := freshName(t)
		r, err := Create(name, 4096)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Create(name, 4096); !errors.Is(err, ErrExist) {
			t.Fatal(err)
		}
		o, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(o.Close(), Unlink(name), r.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if f, m := descriptors(), mappings(); f != fds || m != maps {
		t.Fatalf("%d descriptors and %d mappings, %d and %d before", f, m, fds, maps)
	}
}
