package queue

import (
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/spec"
	"github.com/ipckit/ipckit/harness/subject"
)

// crowd lets somebody wait for an item and somebody for room at the same time,
// which a buffer of one place allows only while a consumer is on its way to the
// item that it was woken for. It is stopped there. Then there is one item and
// one more for two consumers: all four have to come back, whoever is woken by
// whom.
func (p *pair) crowd() {
	open := func(name string) *spec.Queue {
		q, err := p.w.Process(name).OpenQueue(p.producer.Name)
		p.w.Must(err, "opening the queue in a further process")
		return q
	}
	producer, consumer := open("second producer"), open("second consumer")
	first := p.consumer.Process()
	p.w.Step("two consumers wait; one of them is stopped, two items are put, and it goes on")
	for round := range 4 {
		one := p.consumer.BeginGet(subject.Forever)
		one.Blocks("getting from the empty queue")
		other := consumer.BeginGet(subject.Forever)
		other.Blocks("getting from the empty queue")
		first.Signal(syscall.SIGSTOP)
		puts := []*spec.Call{p.producer.BeginPut(p.item(2*round), subject.Forever)}
		for end := time.Now().Add(settled); !puts[0].Returned() && time.Now().Before(end); {
			time.Sleep(time.Millisecond)
		}
		puts = append(puts, producer.BeginPut(p.item(2*round+1), subject.Forever))
		time.Sleep(settled)
		first.Signal(syscall.SIGCONT)
		for _, put := range puts {
			_, err := put.Return()
			p.w.Must(err, "putting where a consumer waits")
		}
		for _, get := range []*spec.Call{one, other} {
			_, err := get.Item()
			p.w.Must(err, "getting one of the two items")
		}
		p.empty()
	}
}

// settled is as long as the others most often take to come to where they wait.
// Nothing is concluded from it.
const settled = 30 * time.Millisecond
