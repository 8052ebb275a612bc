package cooperation

import (
	"encoding/binary"
	"fmt"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// How much is counted, in each way to share the record.
const (
	counters = 3
	readers  = 2
	chunks   = 24 // divided among the counters
	looks    = 30 // of each reader at most: readers may starve writers, as nothing else is claimed
)

// share has processes count the letters of a text together, in one table, while
// others read it. It is done in each way that the claims allow: with the table
// in a region, in a snapshot, and in the hands of one process that the others
// send messages to.
func share(w *check.World) {
	ways := 0
	p := w.Claims().Profiles
	for i, g := range guardings(w) {
		if p.Region != nil {
			ways++
			shareRegion(w, g)
		}
		if i == 0 && p.Snapshot != nil && w.RecordSize(tableSize) == tableSize {
			ways++
			shareSnapshot(w, g)
		}
	}
	for _, profile := range p.Transfers() {
		w.As(profile, func() {
			if facts := w.Queues(); facts.Size(messageSize) == messageSize {
				ways++
				shareMessages(w, profile)
			}
		})
	}
	if ways == 0 {
		w.Unobserved("nothing that is claimed can hold a record of %d bytes or carry a message of %d", tableSize, messageSize)
	}
	w.Note("%d letters counted by %d processes at once, before %d readers, in %d ways", chunks*chunkSize, counters, readers, ways)
}

// A job is one text that is being counted together.
type job struct {
	w      *check.World
	seed   uint64
	how    string
	active int // counters that are not done
	added  uint64
}

func newJob(w *check.World, how string) *job {
	w.Step("%d processes count a text into one table, which %d others read: %s", counters, readers, how)
	return &job{w: w, seed: w.Rand.Uint64(), how: how, active: counters}
}

// crew starts the counters, then the readers.
func (j *job) crew() []*check.Process {
	var list []*check.Process
	for i := range counters {
		list = append(list, j.w.Process(fmt.Sprintf("counter %d", i+1)))
	}
	for i := range readers {
		list = append(list, j.w.Process(fmt.Sprintf("reader %d", i+1)))
	}
	return list
}

// counting is the script of one counter: add adds one piece of the text.
func (j *job) counting(index int, add func(await check.Await, text []byte)) check.Script {
	return func(await check.Await) {
		for i := index; i < chunks; i += counters {
			add(await, chunk(j.seed, i))
			j.added += chunkSize
		}
		j.active--
	}
}

// reading is the script of one reader, which looks at the table until it is done.
func (j *job) reading(read func(await check.Await) table) check.Script {
	return func(await check.Await) {
		last := table{}
		for look := 0; look < looks && j.active > 0; look++ {
			added := j.added
			t := read(await)
			if t.total < last.total {
				j.w.Fail("%s: the shared record went back from %d letters to %d", j.how, last.total, t.total)
			}
			if t.total < added {
				j.w.Fail("%s: the shared record has %d letters, after %d had been counted: an update was lost", j.how, t.total, added)
			}
			last = t
		}
	}
}

// table checks what a process read.
func (j *job) table(b []byte, reader string) table {
	t, ok := readTable(b)
	if !ok {
		j.w.Fail("%s: the shared record that %s reads has %d bytes, not %d", j.how, reader, len(b), tableSize)
	}
	if wrong := t.whole(); wrong != "" {
		j.w.Fail("%s: the shared record that %s reads is not whole: %s", j.how, reader, wrong)
	}
	return t
}

// expect compares the result with what one process alone comes to.
func (j *job) expect(t table) {
	if want := serial(j.seed, chunks); t != want {
		j.w.Fail("%s: the shared record has %d letters at the end, and %d were counted: updates were lost (or it counts other letters)", j.how, t.total, want.total)
	}
}

// shareRegion has the table in a region, behind a guard. It is written in two
// halves, as a program changes one member of a struct after the other.
func shareRegion(w *check.World, g guarding) {
	j := newJob(w, "in a region, behind "+g.name)
	crew := j.crew()
	guards := g.guards(w, crew)
	regions := make([]*check.Region, len(crew))
	name := w.ObjectName("table")
	var err error
	for i, p := range crew {
		if i == 0 {
			regions[i], err = p.CreateRegion(name, tableSize)
		} else {
			regions[i], err = p.OpenRegion(name)
		}
		w.Must(err, "attaching to the region of the table by %s", p.Name())
	}
	look := func(await check.Await, i int) table {
		b, err := await(regions[i].BeginRead(0, tableSize)).Item()
		w.Must(err, "reading the table by %s", crew[i].Name())
		return j.table(b, crew[i].Name())
	}
	var scripts []check.Script
	for i := range counters {
		scripts = append(scripts, j.counting(i, func(await check.Await, text []byte) {
			guards[i].within(w, await, guards[i].alone, func() {
				t := look(await, i)
				t.add(text)
				b := t.bytes()
				for _, half := range [][2]int64{{0, tableSize / 2}, {tableSize / 2, tableSize}} {
					_, err := await(regions[i].BeginWrite(half[0], b[half[0]:half[1]])).Return()
					w.Must(err, "writing the table by %s", crew[i].Name())
				}
			})
		}))
	}
	for i := counters; i < len(crew); i++ {
		scripts = append(scripts, j.reading(func(await check.Await) (t table) {
			guards[i].within(w, await, guards[i].beside, func() { t = look(await, i) })
			return t
		}))
	}
	w.Together(scripts...)
	b, err := regions[0].Read(0, tableSize)
	w.Must(err, "reading the table at the end")
	j.expect(j.table(b, crew[0].Name()))
	j.dismiss(crew)
}

// shareSnapshot has the table in a snapshot: counters take turns behind a
// guard, readers look whenever they like.
func shareSnapshot(w *check.World, g guarding) {
	j := newJob(w, "in a snapshot, its writers behind "+g.name)
	crew := j.crew()
	guards := g.guards(w, crew[:counters])
	shots := make([]*check.Snapshot, len(crew))
	name := w.ObjectName("table")
	var err error
	for i, p := range crew {
		if i == 0 {
			shots[i], err = p.CreateSnapshot(name, tableSize)
		} else {
			shots[i], err = p.OpenSnapshot(name)
		}
		w.Must(err, "attaching to the snapshot of the table by %s", p.Name())
	}
	w.Must(shots[0].Publish((&table{}).bytes()), "publishing the empty table")
	look := func(await check.Await, i int) table {
		b, err := await(shots[i].BeginRead()).Item()
		w.Must(err, "reading the table by %s", crew[i].Name())
		return j.table(b, crew[i].Name())
	}
	var scripts []check.Script
	for i := range counters {
		scripts = append(scripts, j.counting(i, func(await check.Await, text []byte) {
			guards[i].within(w, await, guards[i].alone, func() {
				t := look(await, i)
				t.add(text)
				_, err := await(shots[i].BeginPublish(t.bytes())).Return()
				w.Must(err, "publishing the table by %s", crew[i].Name())
			})
		}))
	}
	for i := counters; i < len(crew); i++ {
		scripts = append(scripts, j.reading(func(await check.Await) table { return look(await, i) }))
	}
	w.Together(scripts...)
	b, err := shots[0].Read()
	w.Must(err, "reading the table at the end")
	j.expect(j.table(b, crew[0].Name()))
	j.dismiss(crew)
}

// dismiss ends the processes of one job.
func (j *job) dismiss(crew []*check.Process) {
	for i := len(crew) - 1; i >= 0; i-- {
		crew[i].Leave()
	}
}

// Messages are numbers of 4 bytes, which every queue carries: to the keeper,
// the number of the piece to count, or one of the others; from the keeper, how
// many letters have been counted so far.
const (
	messageSize = 4

	ask    = 1 << 30
	theEnd = 1<<30 + 1
)

func message(n uint64) []byte { return binary.NativeEndian.AppendUint32(nil, uint32(n)) }

// shareMessages has the table in the hands of one process, the keeper, to which
// the others have a pair of queues each.
func shareMessages(w *check.World, profile string) {
	j := newJob(w, "kept by a process, through "+profile)
	keeper, crew := w.Process("keeper"), j.crew()
	clients := make([]channel, len(crew))
	for i, p := range crew {
		clients[i] = newChannel(w, p)
		clients[i].serve(w, keeper)
	}
	var kept table
	scripts := []check.Script{func(await check.Await) {
		for open := len(clients); open > 0; {
			for _, c := range clients {
				b, err := await(c.request.taken.BeginGet(subject.Never)).Item()
				if subject.KindOf(err) == subject.Empty {
					continue
				}
				w.Must(err, "looking for a request by the keeper")
				switch n := c.number(w, b); n {
				case theEnd:
					open--
					continue
				case ask:
				default:
					kept.add(chunk(j.seed, int(n)))
				}
				_, err = await(c.answer.put.BeginPut(message(kept.total), subject.Forever)).Return()
				w.Must(err, "answering by the keeper")
			}
		}
	}}
	for i := range counters {
		scripts = append(scripts, func(await check.Await) {
			for n := i; n < chunks; n += counters {
				clients[i].call(w, await, uint64(n))
				j.added += chunkSize
			}
			j.active--
			clients[i].send(w, await, theEnd)
		})
	}
	for i := counters; i < len(crew); i++ {
		reading := j.reading(func(await check.Await) table { return table{total: clients[i].call(w, await, ask)} })
		scripts = append(scripts, func(await check.Await) {
			reading(await)
			clients[i].send(w, await, theEnd)
		})
	}
	w.Together(scripts...)
	j.expect(kept)
	j.dismiss(append(crew, keeper))
}
