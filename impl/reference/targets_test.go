package reference_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/messagepassing"
	"github.com/ipckit/ipckit/impl/reference"
	"github.com/ipckit/ipckit/impl/sharedmemory"
)

// A target is a quotient of two courses of the same round.
type target struct {
	text  string
	of    string
	to    []string // the best of them
	least float64  // cost of to / cost of of
}

// targets are what the reference shall reach. A quotient above 1 says that it is
// faster than what it is compared with.
var targets = []target{
	{"8 B round trip, one-line limit", "ring.trip.8", []string{"limit.line"}, 1 / 1.25},
	{"64 B round trip, two-line limit", "ring.trip.64", []string{"limit.lines"}, 1 / 1.1},
	{"64 B items/s, best kernel mechanism", "ring.stream.64", []string{"pipe.stream.64", "stream.stream.64", "seqpacket.stream.64"}, 60},
	{"64 KiB bandwidth, read limit", "ring.stream.65536", []string{"limit.read"}, 0.85},
	{"1 MiB bandwidth, the same ring in C", "ring.stream.1048576", []string{"c.stream.1048576"}, 0.95},
	{"64 B packed, seqpacket", "link.packed.64", []string{"seqpacket.stream.64"}, 30},
	{"1 MiB message, seqpacket", "link.stream.1048576", []string{"seqpacket.stream.1048576"}, 0.85},
}

const (
	sideVariable = "REFERENCE_TARGETS_SIDE" // what a side of a round needs to know
	onlyVariable = "REFERENCE_TARGETS_ONLY" // names of courses, with commas between; unset: all
)

// roundMost ends a round whose sides wait for each other for ever.
const roundMost = time.Minute

// tripSlots is how many slots a buffer for round trips has: with all of them in
// the first cache, a slot's line comes from the other processor alone.
const tripSlots = 64

// BenchmarkTargets measures the reference against the limits of the machine and
// the mechanisms of the kernel. Each round is a new pair of processes, whose
// processors are exchanged at random, and which run all courses several times
// in random order; a course's cost is that of its best batch. It prints the median
// and the range of the quotients, and of the costs of an operation.
//
//	go test -run '^$' -bench Targets -benchtime 10x ./impl/reference
func BenchmarkTargets(b *testing.B) {
	if runtime.NumCPU() < 2 {
		b.Skip("needs two processors")
	}
	quotients := make([][]float64, len(targets))
	costs := map[string][]float64{}
	ring := compiledRing(b)
	for b.Loop() {
		best := round(b)
		if ring != "" {
			best["c.stream.1048576"] = roundInC(b, ring)
		}
		for name, cost := range best {
			costs[name] = append(costs[name], cost)
		}
		for i, t := range targets {
			limit := best[t.to[0]]
			for _, other := range t.to {
				limit = min(limit, best[other])
			}
			quotients[i] = append(quotients[i], limit/best[t.of])
		}
	}
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for i, t := range targets {
		q := quotients[i]
		slices.Sort(q)
		if _, measured := costs[t.of]; measured {
			fmt.Fprintf(table, "%s\t%.3f\t%.3f to %.3f\twanted %.3f\n", t.text, q[len(q)/2], q[0], q[len(q)-1], t.least)
		}
	}
	names := make([]string, 0, len(costs))
	for name := range costs {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		c := costs[name]
		slices.Sort(c)
		fmt.Fprintf(table, "%s\t%.2f ns\t%.2f to %.2f\t\n", name, c[len(c)/2], c[0], c[len(c)-1])
	}
	_ = table.Flush()
	fmt.Print(text.String())
}

// round runs both sides and returns each course's cost in ns.
func round(b *testing.B) map[string]float64 {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), roundMost)
	defer cancel()
	name := fmt.Sprintf("/targets.%d", os.Getpid())
	shared, err := sharedmemory.Create(name, int64(unsafe.Sizeof(common{})))
	if err != nil {
		b.Fatal(err)
	}
	defer shared.Close()
	defer func() {
		_ = sharedmemory.Unlink(name)
		left, _ := filepath.Glob("/dev/shm" + name + ".*")
		for _, file := range left { // the sides' buffers
			_ = os.Remove(file)
		}
	}()
	dir := b.TempDir()
	var files []*os.File
	add := func(fds [2]int, err error) {
		if err != nil {
			b.Fatal(err)
		}
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "end"))
		}
	}
	var pipe [2]int
	err = unix.Pipe2(pipe[:], unix.O_CLOEXEC)
	add([2]int{pipe[1], pipe[0]}, err)
	for _, kind := range []int{unix.SOCK_STREAM, unix.SOCK_SEQPACKET} {
		fds, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
		add(fds, err)
		for _, fd := range fds {
			_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, 4<<20)
		}
	}
	defer func() {
		for _, f := range files {
			_ = f.Close()
		}
	}()
	seed, swap := rand.Uint64(), rand.IntN(2)
	var sides [2]*exec.Cmd
	var out *bufio.Scanner
	for i := range sides {
		c := exec.CommandContext(ctx, "/proc/self/exe")
		c.Env = append(os.Environ(), fmt.Sprintf("%s=%d %d %d %s %s", sideVariable, i, i^swap, seed, name, dir))
		c.ExtraFiles = files
		c.Stderr = os.Stderr
		if i == 0 {
			pipe, err := c.StdoutPipe()
			if err != nil {
				b.Fatal(err)
			}
			out = bufio.NewScanner(pipe)
		}
		if err := c.Start(); err != nil {
			b.Fatal(err)
		}
		defer func() { _ = c.Process.Kill(); _ = c.Wait() }()
		sides[i] = c
	}
	best := map[string]float64{}
	for out.Scan() {
		course, cost, _ := strings.Cut(out.Text(), " ")
		best[course], _ = strconv.ParseFloat(cost, 64)
	}
	if len(best) == 0 {
		b.Fatal("the first side measured nothing")
	}
	if n := (*common)(unsafe.Pointer(unsafe.SliceData(shared.Bytes()))).spoilt.Load(); n > 0 {
		b.Fatalf("%d items arrived wrong", n)
	}
	return best
}

// compiledRing is the program of testdata/ring.c; "" without a C compiler.
func compiledRing(b *testing.B) string {
	b.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil || os.Getenv(onlyVariable) != "" {
		return ""
	}
	path := b.TempDir() + "/ring"
	if out, err := exec.Command(cc, "-O2", "-std=c11", "-o", path, "testdata/ring.c").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return path
}

// roundInC is ring.stream.1048576 with both sides in C.
func roundInC(b *testing.B, ring string) float64 {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), roundMost)
	defer cancel()
	const size, slots = 1 << 20, 8
	fd, err := unix.MemfdCreate("ring", unix.MFD_CLOEXEC)
	if err != nil {
		b.Fatal(err)
	}
	memory := os.NewFile(uintptr(fd), "ring")
	defer memory.Close()
	if err := memory.Truncate(4096 + slots*(size+64)); err != nil {
		b.Fatal(err)
	}
	swap := rand.IntN(2)
	var sides [2]*exec.Cmd
	var out strings.Builder
	for i, side := range []string{"first", "second"} {
		c := exec.CommandContext(ctx, ring, side, fmt.Sprint(i^swap), fmt.Sprint(size), fmt.Sprint(slots), "30", "60")
		c.ExtraFiles, c.Stderr = []*os.File{memory}, os.Stderr
		if i == 0 {
			c.Stdout = &out
		}
		if err := c.Start(); err != nil {
			b.Fatal(err)
		}
		sides[i] = c
	}
	for _, c := range sides {
		if err := c.Wait(); err != nil {
			b.Fatal(err)
		}
	}
	cost, err := strconv.ParseFloat(strings.TrimSpace(out.String()), 64)
	if err != nil {
		b.Fatal(err)
	}
	return cost
}

// targetsSide is one side of a round.
func targetsSide(what string) {
	var me, cpu int
	var seed uint64
	var name, dir string
	_, err := fmt.Sscan(what, &me, &cpu, &seed, &name, &dir)
	must(err)
	runtime.LockOSThread()
	must(unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0)) // it spins: nothing may be left of it
	var set unix.CPUSet
	set.Set(cpu)
	must(unix.SchedSetaffinity(0, &set))
	shared, err := sharedmemory.Open(name)
	must(err)
	c := (*common)(unsafe.Pointer(unsafe.SliceData(shared.Bytes())))
	courses := c.courses(me, name, dir)
	if only := os.Getenv(onlyVariable); only != "" {
		courses = slices.DeleteFunc(courses, func(x course) bool { return !slices.Contains(strings.Split(only, ","), x.name) })
	}
	const passes, batches = 5, 12
	random := rand.New(rand.NewPCG(seed, 0))
	var order []int
	for range passes {
		order = append(order, random.Perm(len(courses))...)
	}
	best := c.side(me == 1, courses, order, batches)
	for name, cost := range best {
		fmt.Println(name, cost)
	}
}

// courses are all that is measured.
func (c *common) courses(me int, name, dir string) []course {
	all := []course{c.lines("limit.line", &c.line, &c.line), c.lines("limit.lines", &c.there, &c.back), c.read()}
	buffers := reference.Subject().OneToOne
	ring := func(suffix string, slots, size int) transfer {
		b, err := either(
			func() (subject.Buffer, error) { return buffers.Open(name + suffix) },
			func() (subject.Buffer, error) {
				return buffers.Create(name+suffix, subject.Shape{Capacity: int64(slots), ItemMax: int64(size)})
			})
		must(err)
		return transfer{
			put: func(item []byte) error { return b.Put(item, subject.Forever) },
			get: func(into []byte) (int, error) { return b.Get(into, subject.Forever) },
		}
	}
	for _, size := range []int{8, 64} {
		all = append(all, c.trip(fmt.Sprintf("ring.trip.%d", size), size, 2000,
			ring(fmt.Sprintf(".%d.there", size), tripSlots, size), ring(fmt.Sprintf(".%d.back", size), tripSlots, size)))
	}
	for _, s := range []struct{ size, slots, count int }{{8, 8192, 50000}, {64, 8192, 50000}, {65536, 32, 300}, {1 << 20, 8, 30}} {
		all = append(all, c.stream(fmt.Sprintf("ring.stream.%d", s.size), s.size, s.count, ring(fmt.Sprintf(".%d.stream", s.size), s.slots, s.size), nil))
	}
	const first = 3 // descriptor that a process passes on
	for i, mechanism := range []string{"pipe", "stream", "seqpacket"} {
		t := descriptors(first+2*i, first+2*i+1)
		all = append(all, c.stream(mechanism+".stream.64", 64, 2000, t, nil))
		if mechanism == "seqpacket" {
			all = append(all, c.stream(mechanism+".stream.1048576", 1<<20, 10, t, nil))
		}
	}
	end, err := messagepassing.Broker{Directory: dir}.Join([]string{"/first", "/second"}[me])
	must(err)
	l, err := end.Link([]string{"/second", "/first"}[me])
	must(err)
	plain := transfer{
		put: func(item []byte) error { return l.Send(item, messagepassing.Forever) },
		get: func(into []byte) (int, error) { return l.Receive(into, messagepassing.Forever) },
	}
	all = append(all, c.stream("link.stream.64", 64, 2000, plain, nil), c.stream("link.stream.1048576", 1<<20, 10, plain, nil))
	packer := l.NewPacker()
	packed := c.stream("link.packed.64", 64, 50000, transfer{
		put: func(item []byte) error { return packer.Send(item, messagepassing.Forever) },
	}, func() error { return packer.Flush(messagepassing.Forever) })
	packed.second = func(from, n int) {
		for got := 0; got < n; {
			must(l.ReceiveEach(messagepassing.Forever, func(m []byte) { c.check(m, 64, from+got); got++ }))
		}
	}
	return append(all, packed)
}

// either opens an object, or creates it if it does not exist.
func either[T any](open, create func() (T, error)) (x T, err error) {
	for {
		if x, err = open(); subject.KindOf(err) != subject.NotFound {
			return x, err
		}
		if x, err = create(); subject.KindOf(err) != subject.Exists {
			return x, err
		}
	}
}
