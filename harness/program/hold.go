package program

import (
	"context"
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/world"
)

const (
	holdAsleep = 60 * time.Millisecond   // asleep for so long, the producer waits for the consumer
	holdQuiet  = 1200 * time.Millisecond // silent for so long, it spins; a producer that sleeps for a second between items does not count
	holdLine   = 100 * time.Millisecond  // for the one line that the consumer prints between two holds
	holdBudget = 20 * time.Second        // for all holds of a run
)

// holdBack makes the consumer slow: its terminal is held, so that it blocks while
// it prints an item, until the producer has ended or cannot continue without it;
// then at least one line is let through. SIGSTOP would slow it too, but some
// system calls fail when a stopped process continues (signal(7)), and a
// scheduling class would not slow a consumer whose producer sleeps.
func (r *run) holdBack(ctx context.Context) {
	producer, consumer := r.program(Producer), r.program(Consumer)
	if producer == nil || consumer == nil {
		return
	}
	defer consumer.release()
	if !consumer.streams[0].channel.terminal {
		return
	}
	budget := time.Now().Add(holdBudget)
	if !r.awaitItems(ctx, producer, consumer) {
		return
	}
	consumer.hold()
	r.did("held the consumer's terminal (as Ctrl-S does) whenever the producer could continue without the consumer%s", r.holdFrom())
	for !producer.hasEnded() && !consumer.hasEnded() && time.Now().Before(budget) && ctx.Err() == nil && !r.flooding() {
		r.awaitProducer(ctx, producer, consumer)
		r.o.Held++
		if producer.hasEnded() {
			return
		}
		before := r.consumerLines(consumer)
		consumer.release()
		r.awaitLine(ctx, consumer, before)
		consumer.hold()
	}
}

// holdFrom says from which item on the terminal is held, if not from the start.
func (r *run) holdFrom() string {
	if r.s.HoldFrom == 0 {
		return ""
	}
	return fmt.Sprintf(", from item %d on", r.s.HoldFrom)
}

// awaitItems waits until as many items were produced as the scenario wants before
// the first hold. It reports false if that does not happen.
func (r *run) awaitItems(ctx context.Context, producer, consumer *program) bool {
	limit := time.NewTimer(r.s.Quiet)
	defer limit.Stop()
	for {
		if produced, _, _ := r.sink.counts(); produced >= r.s.HoldFrom {
			return true
		}
		select {
		case <-r.sink.notify:
		case <-producer.ended:
			return false
		case <-consumer.ended:
			return false
		case <-limit.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

func (r *run) program(role string) *program {
	for _, p := range r.programs {
		if p.role == role {
			return p
		}
	}
	return nil
}

// awaitProducer waits until the producer has ended, is asleep, or has printed
// nothing for a while.
func (r *run) awaitProducer(ctx context.Context, producer, consumer *program) {
	tick := time.NewTicker(holdAsleep / 3)
	defer tick.Stop()
	var s stillness
	began := time.Now()
	for {
		_, _, last := r.sink.counts()
		if last.Before(began) {
			last = began
		}
		if time.Since(last) > holdQuiet || s.look([]*world.Process{producer.process}) > holdAsleep {
			return
		}
		select {
		case <-producer.ended:
			return
		case <-consumer.ended:
			return
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// awaitLine waits until the consumer has printed another line.
func (r *run) awaitLine(ctx context.Context, consumer *program, before int) {
	limit := time.NewTimer(holdLine)
	defer limit.Stop()
	for r.consumerLines(consumer) == before {
		select {
		case <-r.sink.notify:
		case <-consumer.ended:
			return
		case <-limit.C:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (r *run) consumerLines(consumer *program) (n int) {
	for _, s := range consumer.streams {
		s.mu.Lock()
		n += s.lines
		s.mu.Unlock()
	}
	return n
}
