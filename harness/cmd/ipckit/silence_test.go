package main

import (
	"flag"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
)

// silent is how many subjects are checked beside busy processors: with the n-th seed
// the n-th batch of so many; 0: all.
var silent = flag.Int("subjects", 1, "how many of the correct implementations are checked for silence; 0: all")

// occupied is how many processors are kept busy meanwhile. Other tests run at the same
// time, so that it is none unless asked for.
var occupied = flag.Int("busy", 0, "how many threads keep processors busy while subjects are checked for silence")

// cellTwins are the corners of the matrix of shapes that are twins, too.
var cellTwins = []string{
	"reference: link with messages of 0 to 64 bytes, each send waits for its receipt, sleep",
	"reference: link with messages of 4 bytes, each send waits for its receipt, spin",
	"reference: link with stream of 9 bytes, buffering 1KiB, sleep",
	"reference: link with stream of 4 bytes, buffering 0, spin",
	"unix-seqpacket: link with messages of 4 bytes, buffering 64KiB, sleep",
	"unix-stream: link with stream of 7 bytes, buffering 0, sleep",
	"reference: buffer one-to-one of 2 of 1 bytes, N-1 slots, spin",
	"reference: buffer many of 3 of 2 bytes, N-1 slots, sleep",
	"reference: buffer many of 35 bytes of 7 bytes, N slots, spin",
	"reference: mailbox of 0 to 64 of 4 bytes, sleep",
	"reference: mailbox of 1 of 1 bytes, spin",
	"c: buffer one-to-one of 1 of 4 bytes, N slots, spin",
	"c: buffer many of 2 of 9 bytes, N-1 slots, sleep",
	"c: mailbox of 45 bytes of 9 bytes, sleep",
	"reference: regions up to 4KiB bytes",
	"reference: semaphore up to 1, spin",
	"c: rwlock, spin",
	"c: records of 7 bytes",
}

// shipped are the subjects of TestShipped and of the tests of others.
var shippedSubjects = []string{
	"reference", "reference-again", "reference-mutex", "posixmq", "sysv", "pipe", "unix-stream", "unix-seqpacket",
	"../../../impl/c/example", "../../../impl/c/course", "../../../impl/python/example",
	"../../../impl/controls/plain", "../../../impl/controls/spinning", "../../../impl/controls/semaphore",
	"../../../impl/controls/mutex", "../../../impl/controls/peterson", "../../../impl/controls/permit",
	"../../../impl/controls/vyukov", "../../../impl/controls/sysv", "../../../impl/controls/mqueue",
	"../../../impl/programs/service", "../../../impl/programs/good",
}

// hostTwins has this binary host the twins.
func hostTwins() {
	for name, make := range twins() {
		builtIns[name] = struct {
			about string
			make  func() subject.Subject
		}{"a twin", make}
	}
}

// busy keeps so many processors busy until it is ended.
func busy(threads int) (end func()) {
	var over atomic.Bool
	var all sync.WaitGroup
	for range threads {
		all.Go(func() {
			for !over.Load() {
			}
		})
	}
	return func() { over.Store(true); all.Wait() }
}

// TestSilence: correct implementations, shipped and of unusual shape, raise no alarm,
// on a machine whose processors are busy with something else where that is asked for. All that are asked for
// are counted: as passed, undecided, skipped, or an alarm.
func TestSilence(t *testing.T) {
	if testing.Short() {
		t.Skip("makes worlds")
	}
	found := map[string]cell{}
	for _, x := range cells() {
		found[x.name] = x
	}
	all := slices.Concat(shippedSubjects, slices.Sorted(maps.Keys(twins())), cellTwins)
	n := len(all)
	if *silent > 0 && *silent < n {
		n = *silent
		all = slices.Concat(all[len(shippedSubjects):], all[:len(shippedSubjects)]) // the shipped are checked by other tests, too
	}
	_, err := exec.LookPath("cc")
	defer busy(*occupied)()
	var mutex sync.Mutex
	counts := map[string]int{}
	t.Run("subjects", func(t *testing.T) {
		for i := range n {
			name := all[((int(*cellSeed)-1)*n+i)%len(all)]
			t.Run(strings.TrimPrefix(name, "../../../impl/"), func(t *testing.T) {
				t.Parallel()
				came := "skipped"
				defer func() { mutex.Lock(); counts[came]++; mutex.Unlock() }()
				path, isCell := name, found[name].name != ""
				if strings.HasPrefix(name, "../") || isCell && found[name].make == nil {
					if err != nil {
						t.Skip("no C compiler")
					}
				}
				if isCell && found[name].make == nil {
					path = filepath.Join(t.TempDir(), "c")
					found[name].write(t, path)
				}
				switch o := ipckit(t, "check", path, "--budget", "2s", "--seed", fmt.Sprint(*cellSeed)); o.status {
				case reports.ExitPass:
					came = "passed"
				case reports.ExitInconclusive:
					came = "undecided"
					fmt.Printf("undecided: %s\n%s", name, o.out)
				default:
					came = "alarms"
					t.Errorf("an alarm at %s", name)
					o.expect(t, reports.ExitPass)
				}
			})
		}
	})
	sum := counts["passed"] + counts["undecided"] + counts["skipped"] + counts["alarms"]
	fmt.Printf("silence, seed %d: %d of %d correct implementations checked beside %d busy threads: %d passed, %d undecided, %d skipped; alarms: %d\n",
		*cellSeed, n, len(all), *occupied, counts["passed"], counts["undecided"], counts["skipped"], counts["alarms"])
	if sum != n {
		t.Errorf("%d of %d are counted", sum, n)
	}
}

// TestTwins: the twins are as many as they must be, and each is there.
func TestTwins(t *testing.T) {
	found := map[string]bool{}
	for _, x := range cells() {
		found[x.name] = true
	}
	for _, name := range cellTwins {
		if !found[name] {
			t.Errorf("the matrix has no cell %q", name)
		}
	}
	if n := len(twins()) + len(cellTwins); n < 40 {
		t.Errorf("there are %d twins, want 40", n)
	}
}
