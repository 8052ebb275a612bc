package main

import (
	"embed"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/c"
	"github.com/ipckit/ipckit/impl/kernel"
	"github.com/ipckit/ipckit/impl/reference"
	"github.com/ipckit/ipckit/reports"
)

// Which cells of the matrix are run, and how.
var (
	cellCount = flag.Int("cells", 2, "how many cells of the matrix of shapes are run; 0: all")
	cellSeed  = flag.Uint64("seed", 1, "seed of the order of the cells, and of their checks: the n-th takes the n-th batch")
	cellKinds = flag.String("kinds", "behaviour", "which kinds of check of a cell are run")
	cellNames = flag.String("cell", "", "run only cells with this in their name")
)

// A cell is a corner of what can be claimed, and an implementation that does just
// that.
type cell struct {
	name   string
	claims subject.Claims
	make   func() subject.Subject // nil: the C example
}

// Sizes and counts at which implementations and specs go wrong.
var (
	itemSizes = []subject.Item{{Fixed: 1}, {Fixed: 2}, {Fixed: 4}, {Fixed: 7}, {Fixed: 8}, {Fixed: 9}, {Fixed: 4096}, {Max: 64}}
	waitings  = []string{"sleep", "spin"}
)

func items(low, high subject.Size) subject.Capacity {
	return subject.Capacity{Items: &subject.Range{Min: low, Max: high}}
}

// inBytes is a capacity in bytes for a few items of that size, which can be chosen
// or not.
func inBytes(item subject.Item, fixed bool) subject.Capacity {
	_, most := item.Bounds()
	r := subject.Range{Min: 5 * most, Max: 5 * most}
	if !fixed {
		r = subject.Range{Min: most, Max: 64 * most}
	}
	return subject.Capacity{Bytes: &r}
}

func says(capacity subject.Capacity) string {
	if capacity.Bytes != nil {
		return capacity.Bytes.String() + " bytes"
	}
	return capacity.Items.String()
}

func saysItem(i subject.Item) string {
	least, most := i.Bounds()
	return subject.Range{Min: least, Max: most}.String() + " bytes"
}

// cells are all corners.
func cells() (all []cell) {
	for _, item := range itemSizes {
		for _, waiting := range waitings {
			all = slices.Concat(all, bufferCells(item, waiting), mailboxCells(item, waiting), linkCells(item, waiting))
		}
		for _, in := range []string{"reference", "c"} {
			all = append(all, newCell(in, "records of "+saysItem(item), subject.Profiles{Snapshot: &subject.SnapshotProfile{Record: item}}, "SNAP-READERS", "SNAP-WRITERDEATH"))
		}
	}
	for _, in := range []string{"reference", "c"} {
		for _, maximum := range []subject.Size{4096, 4097, 1 << 20} {
			p := subject.Profiles{Region: &subject.RegionProfile{Maximum: maximum}}
			all = append(all, newCell(in, fmt.Sprintf("regions up to %v bytes", maximum), p, "REG-EARLYOPEN", "REG-STAMPEDE", "REG-BOUNDS", "REG-READONLY", "REG-PRIVATE", "REG-STALE"))
			if maximum != 4097 {
				p.Word, p.Lock, p.Cooperation = &subject.WordProfile{}, &subject.LockProfile{}, &subject.CooperationProfile{}
				all = append(all, newCell(in, fmt.Sprintf("words in regions up to %v bytes", maximum), p, "WORD-REGISTER", "WORD-DEKKER"))
			}
		}
		for _, waiting := range waitings {
			all = append(all,
				newCell(in, "lock, "+waiting, subject.Profiles{Lock: &subject.LockProfile{Waiting: waiting}}, "LOCK-DEADLINE", "LOCK-SLEEP", "LOCK-OWNER", "LOCK-OWNERDEATH"),
				newCell(in, "rwlock, "+waiting, subject.Profiles{RWLock: &subject.RWLockProfile{Waiting: waiting}}, "RW-DEADLINE", "RW-SLEEP", "RW-OWNERDEATH"))
			maxima := []subject.Range{{Min: 1, Max: 1}, {Min: 2, Max: 2}, {Min: 3, Max: 3}, {Min: 1, Max: 8}, {Min: 32767, Max: 32767}}
			if in == "c" { // the only one that it has
				maxima = []subject.Range{{Min: 1<<31 - 1, Max: 1<<31 - 1}}
			}
			for _, maximum := range maxima {
				all = append(all, newCell(in, fmt.Sprintf("semaphore up to %v, %s", maximum, waiting),
					subject.Profiles{Semaphore: &subject.SemaphoreProfile{Maximum: &maximum, Waiting: waiting}}, "SEM-DEADLINE", "SEM-SLEEP", "SEM-OVERFLOW"))
			}
		}
	}
	return all
}

func bufferCells(item subject.Item, waiting string) (all []cell) {
	for _, capacity := range []subject.Capacity{items(1, 1), items(2, 2), items(3, 3), items(64, 64), items(2, 64), inBytes(item, true), inBytes(item, false)} {
		for _, slots := range []string{"N", "N-1"} {
			if slots == "N-1" && (capacity.Items == nil || capacity.Items.Min == 1) {
				continue
			}
			b := subject.BufferProfile{Capacity: capacity, Item: item, Slots: slots, Waiting: waiting, Close: slots == "N"}
			if capacity.Bytes != nil {
				b.Slots = ""
			}
			for _, in := range []string{"reference", "c"} {
				for many := range 2 {
					p, x := subject.Profiles{}, b
					kind := "one-to-one"
					if p.OneToOne = &x; many == 1 {
						p.OneToOne, p.Many, kind = nil, &x, "many"
					}
					all = append(all, newCell(in, fmt.Sprintf("buffer %s of %s of %s, %s slots, %s", kind, says(capacity), saysItem(item), slots, waiting), p,
						"BUF-DEADLINE", "BUF-SLEEP", "BUF-PRODUCERDEATH", "BUF-CONSUMERDEATH"))
				}
			}
		}
	}
	return all
}

func mailboxCells(item subject.Item, waiting string) (all []cell) {
	capacities := []subject.Capacity{items(1, 1), items(2, 2), items(3, 3), items(64, 64)}
	if waiting == "sleep" { // two that ask again and again never meet
		capacities = append(capacities, items(0, 64))
	}
	if item.Fixed > 0 { // where items have the largest size, so many of them are so many bytes
		capacities = append(capacities, inBytes(item, true), inBytes(item, false))
	}
	for _, capacity := range capacities {
		for _, in := range []string{"reference", "c"} {
			m := subject.MailboxProfile{Capacity: capacity, Item: item, Waiting: waiting, Close: true, Cancel: waiting == "sleep"}
			extended := []string{"BOX-DEADLINE", "BOX-SLEEP", "BOX-SENDERDEATH", "BOX-RECEIVERDEATH", "BOX-GONEBLOCKED", "BOX-PRIVATE", "CAP-ZERO"}
			if waiting == "sleep" {
				extended = append(extended, "SYNC-CANCEL", "SYNC-RENDEZVOUS")
			}
			all = append(all, newCell(in, fmt.Sprintf("mailbox of %s of %s, %s", says(capacity), saysItem(item), waiting), subject.Profiles{Mailbox: &m}, extended...))
		}
	}
	return all
}

func linkCells(item subject.Item, waiting string) (all []cell) {
	for _, in := range []string{"reference", "c", "unix-seqpacket", "unix-stream"} {
		for _, framing := range []string{subject.FramingMessages, subject.FramingStream} {
			for _, buffering := range []subject.Size{0, 1 << 10, 64 << 10} {
				stream := framing == subject.FramingStream
				if stream && item.Fixed == 0 || stream && in != "reference" && in != "unix-stream" || !stream && in == "unix-stream" || strings.HasPrefix(in, "unix") && waiting == "spin" {
					continue
				}
				l := subject.LinkProfile{Item: item, Framing: framing, Buffering: buffering, Waiting: waiting}
				all = append(all, newCell(in, fmt.Sprintf("link with %s of %s, buffering %v, %s", framing, saysItem(item), buffering, waiting), subject.Profiles{Link: &l}, "LINK-DUPLEX"))
			}
		}
	}
	l := subject.LinkProfile{Item: item, Waiting: waiting}
	synchronous := newCell("reference", fmt.Sprintf("link with messages of %s, each send waits for its receipt, %s", saysItem(item), waiting), subject.Profiles{Link: &l})
	inner := synchronous.make
	synchronous.make = func() subject.Subject {
		s := inner()
		p := s.Parties.(shapedParties)
		p.synchronous = true
		s.Parties = p
		return s
	}
	return append(all, synchronous)
}

// newCell has an implementation claim these profiles, and what is extended of them
// where their conditions are met.
func newCell(in, shape string, p subject.Profiles, extended ...string) cell {
	x := cell{name: in + ": " + shape, claims: subject.Claims{Subject: "shape", Profiles: p}}
	for _, id := range extended {
		if strings.HasSuffix(id, "-SLEEP") && strings.HasSuffix(shape, "spin") ||
			(id == "CAP-ZERO" || id == "SYNC-RENDEZVOUS") && p.Mailbox.Capacity.Items == nil ||
			(id == "CAP-ZERO" || id == "SYNC-RENDEZVOUS") && p.Mailbox.Capacity.Items.Min > 0 ||
			id == "LINK-DUPLEX" && p.Link.Buffering == 0 {
			continue
		}
		x.claims.Extended = append(x.claims.Extended, id)
	}
	inner := map[string]func() subject.Subject{
		"reference": reference.Subject, "unix-seqpacket": kernel.UnixSeqpacket, "unix-stream": kernel.UnixStream,
	}[in]
	if inner != nil {
		x.make = func() subject.Subject { return shaped(inner(), x.claims) }
	}
	return x
}

// shaped makes a subject refuse what the claims leave out.
func shaped(s subject.Subject, claims subject.Claims) subject.Subject {
	s.Claims = claims
	p := claims.Profiles
	if r := p.Region; r != nil {
		s.Regions = shapedRegions{s.Regions, int64(r.Maximum)}
	}
	if l := p.Lock; l != nil {
		s.Locks = shapedLocks{s.Locks, container{spins: l.Waiting == "spin"}}
	}
	if x := p.Semaphore; x != nil {
		s.Semaphores = shapedSemaphores{s.Semaphores, container{spins: x.Waiting == "spin"}, x.Maximum}
	}
	if l := p.RWLock; l != nil {
		s.RWLocks = shapedRWLocks{s.RWLocks, container{spins: l.Waiting == "spin"}}
	}
	if x := p.Snapshot; x != nil {
		s.Snapshots = shapedSnapshots{s.Snapshots, container{item: x.Record}}
	}
	if b := p.OneToOne; b != nil {
		s.OneToOne = shapedBuffers{bufferShape(b), s.OneToOne}
	}
	if b := p.Many; b != nil {
		s.Many = shapedBuffers{bufferShape(b), s.Many}
	}
	if m := p.Mailbox; m != nil {
		s.Mailboxes = shapedMailboxes{container{item: m.Item, capacity: m.Capacity, spins: m.Waiting == "spin"}, s.Mailboxes}
	}
	if l := p.Link; l != nil {
		s.Parties = shapedParties{container: container{item: l.Item, spins: l.Waiting == "spin"}, Parties: s.Parties, stream: l.Framing == subject.FramingStream && !isStream(s.Parties)}
	}
	return s
}

// isStream reports whether an implementation's own links are streams.
func isStream(p subject.Parties) bool {
	return fmt.Sprint(p) == fmt.Sprint(kernel.UnixStream().Parties)
}

func bufferShape(b *subject.BufferProfile) container {
	x := container{item: b.Item, capacity: b.Capacity, spins: b.Waiting == "spin"}
	if b.Slots == "N-1" {
		x.reserved = 1
	}
	return x
}

//go:embed testdata/shapes
var shapes embed.FS

// write writes the C example with a cell's shape into a directory.
func (x cell) write(t *testing.T, dir string) {
	t.Helper()
	sources, _ := fs.Sub(shapes, "testdata/shapes")
	for _, files := range []fs.FS{c.Example, sources} {
		if err := os.CopyFS(dir, files); err != nil {
			t.Fatal(err)
		}
	}
	claims := x.claims
	claims.C = &subject.C{}
	for _, name := range []string{"shaped", "shared", "robust", "region", "word", "lock", "semaphore", "rwlock", "snapshot", "buffer", "many", "waiting", "broker", "mailbox", "link"} {
		claims.C.Sources = append(claims.C.Sources, name+".c")
	}
	define := func(name string, value subject.Size) {
		claims.C.Flags = append(claims.C.Flags, fmt.Sprintf("-DSHAPE_%s=%d", name, value))
	}
	spins := false
	item := func(i subject.Item, waiting string) {
		least, most := i.Bounds()
		define("ITEM_MIN", least)
		define("ITEM_MAX", most)
		spins = spins || waiting == "spin"
	}
	capacity := func(c subject.Capacity) {
		r := c.Items
		if r == nil {
			r = c.Bytes
			define("BYTES", 1)
		}
		define("CAPACITY_MIN", r.Min)
		define("CAPACITY_MAX", r.Max)
	}
	p := claims.Profiles
	for _, b := range []*subject.BufferProfile{p.OneToOne, p.Many} {
		if b != nil {
			item(b.Item, b.Waiting)
			capacity(b.Capacity)
			define("RESERVED", subject.Size(bufferShape(b).reserved))
		}
	}
	if m := p.Mailbox; m != nil {
		item(m.Item, m.Waiting)
		capacity(m.Capacity)
	}
	if l := p.Link; l != nil {
		item(l.Item, l.Waiting)
	}
	if s := p.Snapshot; s != nil {
		item(s.Record, "")
	}
	if r := p.Region; r != nil {
		define("REGION_MAX", r.Maximum)
	}
	spins = spins || strings.HasSuffix(x.name, "spin")
	if spins {
		define("SPINS", 1)
	}
	text, err := yaml.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, subject.ClaimsFile), text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// hostCells has this binary host the cells in Go.
func hostCells() {
	for _, x := range cells() {
		if x.make != nil {
			builtIns[x.name] = struct {
				about string
				make  func() subject.Subject
			}{"a shape", x.make}
		}
	}
}

// TestMatrix: implementations that do just what can be claimed, at its corners, raise
// no alarm. A check of a cell that decides nothing is no alarm, and is counted.
func TestMatrix(t *testing.T) {
	if testing.Short() {
		t.Skip("makes worlds")
	}
	all := slices.DeleteFunc(cells(), func(x cell) bool { return !strings.Contains(x.name, *cellNames) })
	rand.New(rand.NewPCG(1, 1)).Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	n := *cellCount
	if n == 0 || n > len(all) {
		n = len(all)
	}
	_, err := exec.LookPath("cc")
	var mutex sync.Mutex
	counts := map[string]int{}
	count := func(what string) { mutex.Lock(); counts[what]++; mutex.Unlock() }
	t.Run("cells", func(t *testing.T) {
		for i := range n {
			x := all[((int(*cellSeed)-1)*n+i)%len(all)]
			t.Run(x.name, func(t *testing.T) {
				t.Parallel()
				name := x.name
				if x.make == nil {
					if err != nil {
						count("skipped")
						t.Skip("no C compiler")
					}
					name = filepath.Join(t.TempDir(), "c")
					x.write(t, name)
				}
				o := ipckit(t, "check", name, "--kinds", *cellKinds, "--budget", "500ms", "--seed", fmt.Sprint(*cellSeed))
				switch o.status {
				case reports.ExitPass:
					count("passed")
				case reports.ExitInconclusive:
					count("undecided")
					fmt.Printf("undecided:\n%s", o.out)
				default:
					count("alarms")
					t.Errorf("an alarm at %s", x.name)
					o.expect(t, reports.ExitPass)
				}
			})
		}
	})
	fmt.Printf("matrix of shapes, seed %d: %d of %d cells run, %d passed, %d undecided, %d skipped; alarms: %d\n",
		*cellSeed, n, len(all), counts["passed"], counts["undecided"], counts["skipped"], counts["alarms"])
}
