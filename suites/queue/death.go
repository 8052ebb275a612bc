package queue

import (
	"fmt"
	"math"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// deaths is how many processes are killed in a check of behaviour: each kind of
// death comes twice. The check under load kills as many as its time allows.
const deaths = 16

// more says of each death, by its number, whether it is to happen.
type more func(number int) bool

// few are those of a check of behaviour.
func few() more { return func(number int) bool { return number < deaths } }

// many are as many as the budget of a check under load has time for; the
// record says how many that were.
func many(w *check.World) more {
	end := time.Now().Add(w.Budget())
	return func(number int) bool { return number == 0 || time.Now().Before(end) }
}

// endless is more items than a victim can move in its life.
const endless = 1 << 40

// A killing kills one process after the other, each on a queue with two that
// survive. What the victim had in hand is read in the kit's memory, where it has
// counted its calls: before each that it began, after each that returned.
type killing struct {
	w     *check.World
	tally *check.Tally

	short, long *pair // of few places, full or empty in a moment; of many

	silent bool // the adapter does not report what it has in hand

	killed, busy, lost, repeated int   // busy: of those killed, with an item in hand
	ended, came                  int64 // items whose call had returned to a victim; that came out afterwards
}

func newKilling(w *check.World) *killing {
	short := newBriefPair(w, 5, 24)
	long := plan(w, longQueue(w), 24)
	long.attach(short.producer.Process(), short.consumer.Process(), w.ObjectName("long"))
	return &killing{w: w, short: short, long: long, tally: w.Tally()}
}

// longQueue is how many items fit into the long queue: to fill it takes longer
// than to kill a process meanwhile. A message takes longer than an item of a buffer.
func longQueue(w *check.World) int64 {
	if w.Profile() == subject.ProfileMailbox {
		return 1_000
	}
	return 5_000
}

// victim starts the next process to be killed.
func (k *killing) victim() (*check.Process, *pair) {
	k.tally.Reset()
	k.killed++
	p := k.short
	if k.killed%2 == 0 {
		p = k.long
	}
	return k.w.Process(fmt.Sprintf("victim %d", k.killed)), p
}

// How long a victim lives at most: that of an adapter that reports its progress,
// and of one that does not.
const (
	longLife  = 100 * time.Millisecond
	shortLife = 2500 * time.Microsecond
)

// await waits until the victim has begun so many items, or has lived long enough;
// meanwhile other processes work.
func (k *killing) await(items int64, meanwhile func(lived time.Duration)) {
	began, life := time.Now(), longLife
	if k.silent {
		life = time.Duration(k.w.Rand.Int64N(int64(shortLife)))
	}
	for {
		begun, _ := k.tally.Items()
		lived := time.Since(began)
		if begun >= items || lived > life {
			return
		}
		meanwhile(lived)
	}
}

func doze(time.Duration) { time.Sleep(100 * time.Microsecond) }

// watch looks closely, so as to strike while many items move in a moment; but
// not for long, as others may need the processor.
func watch(lived time.Duration) {
	if lived > time.Millisecond {
		doze(lived)
	}
}

// hand is what a victim had begun and ended when it was killed.
type hand struct {
	begun, ended int64
	reported     bool // by the victim; else ended is a lower bound, and begun is not known
}

// kill kills the victim, at once where it reports what it has in hand, and reads what
// that was.
func (k *killing) kill(victim *check.Process, before int64) hand {
	var reported int64
	if begun, _ := k.tally.Items(); begun == 0 {
		reported = victim.Finished() - before
	}
	victim.Kill()
	h := hand{reported: true}
	h.begun, h.ended = k.tally.Items()
	k.silent = k.silent || h.begun == 0 && reported > 0
	if k.silent {
		h = hand{begun: math.MaxInt64, ended: reported}
	}
	k.ended += h.ended
	switch {
	case h.reported && h.begun > h.ended+1:
		k.w.Fail("%s got %d items, and %d of them were not the items that were due", victim.Name(), h.begun-1, h.begun-1-h.ended)
	case h.busy():
		k.busy++
	}
	return h
}

// busy reports whether there was an item in hand. It bears the number ended.
func (h hand) busy() bool { return h.reported && h.begun > h.ended }

func (h hand) String() string {
	switch {
	case !h.reported:
		return fmt.Sprintf("at least %d", h.ended)
	case h.busy():
		return fmt.Sprintf("%d, and item %d was in hand", h.ended, h.ended)
	}
	return fmt.Sprintf("%d, and no item was in hand", h.ended)
}

// sum says for the record what the deaths did.
func (k *killing) sum(victims string) string {
	if k.silent {
		return fmt.Sprintf("%d %s were killed; the adapter does not count in the kit's memory, so what they had in hand is not known", k.killed, victims)
	}
	return fmt.Sprintf("%d %s were killed, %d of them with an item in hand; of these items %d were lost and %d came again", k.killed, victims, k.busy, k.lost, k.repeated)
}

// give has the victim open the queue. Where only one process may be on each side, the
// one that is there detaches, and opens the queue again when the victim is dead.
func (p *pair) give(own *check.Queue, victim *check.Process) *check.Queue {
	if p.alone() {
		p.w.Must(own.Detach(), "detaching, so that another process may open the queue")
	}
	q, err := victim.OpenQueue(own.Name)
	p.w.Must(err, "opening the queue by the next victim")
	return q
}

// back is the handle of the process that made room for the victim.
func (p *pair) back(own *check.Queue) *check.Queue {
	if !p.alone() {
		return own
	}
	q, err := own.Process().OpenQueue(own.Name)
	p.w.Must(err, "opening the queue after the death of the victim")
	return q
}

// nothing reports whether there was nothing to get. Where there is one producer alone,
// the answer may be that it is dead.
func (p *pair) nothing(err error) bool {
	kind := subject.KindOf(err)
	return kind == subject.Empty || kind == subject.PeerDead && p.alone()
}

// try gets without waiting, where there may be nothing.
func (p *pair) try() (got []byte, found bool) {
	got, err := p.consumer.Get(subject.Never)
	if p.nothing(err) {
		return nil, false
	}
	p.w.Must(err, "getting without waiting")
	return got, true
}

func (p *pair) alone() bool { return p.w.Profile() == subject.ProfileOneToOne }

// goOn has the survivors use the queue as if nothing had happened.
func (k *killing) goOn(p *pair) {
	k.w.Forget()
	k.w.Step("the survivors go on")
	if p == k.short {
		p.whole(0)
		return
	}
	b := check.Bulk{Count: p.usable, SizeMin: p.size, SizeMax: p.size, Seed: p.seed}
	p.producer.BeginPutAll(b).AllRight(b)
	p.consumer.BeginGetAll(b).AllRight(b)
	p.empty()
}
