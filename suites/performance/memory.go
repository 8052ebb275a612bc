package performance

import (
	"fmt"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// At how many objects memory is read: the first ones bring in what is needed once.
var objects = []int{1, 10, 100}

// What two readings of the same may differ by, bytes: a heap that grows by one step,
// pages of code that are used for the first time.
const readingNoise = 64 << 10

// memoryItems is how many messages an object is made for, and goes through.
const memoryItems = 8

var memory = gauge{name: "memory of each object", unit: "bytes/object", what: measure.OneWay, floor: readingNoise / 90, read: readMemory}

// readMemory makes objects in one process and opens them in another, uses each of
// them once, so that what is allocated late is there, and reads what all processes
// hold together.
func readMemory(w *check.World, f measure.Figure, _ float64) reading {
	w.IgnoreLeftovers()
	maker, opener := w.SmallProcess("maker"), w.SmallProcess("opener")
	var held []int64
	made := 0
	for _, n := range objects {
		w.Step("%d objects are made, opened and used, so that there are %d", n-made, n)
		w.Mute(true)
		for ; made < n; made++ {
			use(w, maker, opener, f, w.ObjectName(fmt.Sprintf("m%d", made)))
		}
		w.Mute(false)
		w.Settle()
		held = append(held, w.Memory())
	}
	last := len(objects) - 1
	more := float64(objects[last] - objects[last-1])
	each := float64(held[last]-held[last-1]) / more
	return reading{
		value: max(each, 0), low: max(each-readingNoise/more, 0), high: max(each, 0),
		text: fmt.Sprintf("%s with %d, %s with %d, %s with %d", mib(held[0]), objects[0], mib(held[1]), objects[1], mib(held[2]), objects[2]),
	}
}

func mib(n int64) string { return fmt.Sprintf("%.2f MiB", float64(n)/(1<<20)) }

// use makes an object and uses it once.
func use(w *check.World, maker, opener *check.Process, f measure.Figure, name string) {
	must := func(err error, what string) { w.Must(err, "%s %q", what, name) }
	switch f.Of {
	case subject.ProfileRegion, subject.ProfileWord:
		const size = 4096
		a, err := maker.CreateRegion(name, size)
		must(err, "making")
		b, err := opener.OpenRegion(name)
		must(err, "opening")
		must(a.Fill(0, size, 1), "writing")
		_, err = b.Digest(0, size)
		must(err, "reading")
	case subject.ProfileLock:
		a, err := maker.CreateLock(name)
		must(err, "making")
		b, err := opener.OpenLock(name)
		must(err, "opening")
		for _, l := range []*check.Lock{a, b} {
			must(l.Acquire(subject.Forever), "acquiring")
			must(l.Release(), "releasing")
		}
	case subject.ProfileRWLock:
		a, err := maker.CreateRWLock(name)
		must(err, "making")
		b, err := opener.OpenRWLock(name)
		must(err, "opening")
		for _, l := range []*check.RWLock{a, b} {
			must(l.Write(subject.Forever), "acquiring")
			must(l.Release(), "releasing")
		}
	case subject.ProfileSemaphore:
		a, err := maker.CreateSemaphore(name, 0, w.SemaphoreMaximum(8))
		must(err, "making")
		b, err := opener.OpenSemaphore(name)
		must(err, "opening")
		must(a.Post(), "posting")
		must(b.Wait(subject.Forever), "waiting for")
	case subject.ProfileSnapshot:
		a, err := maker.CreateSnapshot(name, f.Size)
		must(err, "making")
		b, err := opener.OpenSnapshot(name)
		must(err, "opening")
		must(a.Publish(make([]byte, f.Size)), "publishing to")
		_, err = b.Read()
		must(err, "reading")
	default:
		useQueue(w, maker, opener, f, name)
	}
}

func useQueue(w *check.World, maker, opener *check.Process, f measure.Figure, name string) {
	facts := w.Queues()
	facts.Max = max(facts.Min, f.Size)
	shape := facts.Shape(memoryItems, f.Size)
	put, err := maker.CreateQueue(name, shape)
	w.Must(err, "making %q", name)
	get, err := opener.OpenQueue(name)
	w.Must(err, "opening %q", name)
	t := check.Timing{Batch: memoryItems, Batches: 1, Size: f.Size, Seed: 1}
	stream := put.BeginTimed(protocol.RoleStream, nil, t)
	drain := get.BeginTimed(protocol.RoleDrain, nil, t)
	check.All(stream, drain)
}
