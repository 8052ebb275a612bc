package program

import "testing"

// The consumer stops as soon as it sees the flag, whatever is still in the
// pipe. It is faster than its producer, so that this never shows by itself.
const hasty = `test -p fifo || mkfifo fifo 2>/dev/null
exec 8<>fifo
while [ ! -e done ]; do read x <&8; [ "$x" = end ] && break; echo "consumed $x"; done; exit 0`

func TestHeldConsumerLosesTheLast(t *testing.T) {
	producer := `test -p fifo || mkfifo fifo 2>/dev/null
exec 9<>fifo
for i in 1 2 3; do sleep 0.1; echo $i >&9; echo "produced $i"; done
sleep 0.5; touch done; echo end >&9; exit 0`
	o := observe(t, producer, hasty, Scenario{Items: 3})
	if len(o.Consumed) != 3 {
		t.Skipf("this machine is so busy that the consumer lost items by itself: %v", texts(o.Consumed))
	}
	o = observe(t, producer, hasty, Scenario{Items: 3, Hold: true})
	if o.Held == 0 || !hasTerminals() {
		t.Skip("no terminals on this host")
	}
	d := Compare(o.Produced, o.Consumed)
	if len(d.Missing) == 0 || d.Tail(o.Produced) != len(d.Missing) {
		t.Errorf("held: %+v", d)
	}
}

func hasTerminals() bool {
	c, err := newChannel()
	if err != nil {
		return false
	}
	defer c.close()
	return c.terminal
}

func TestHeldConsumerOfACorrectPair(t *testing.T) {
	o := observe(t, goodProducer, goodConsumer, Scenario{Items: 12, Hold: true})
	if d := Compare(o.Produced, o.Consumed); !d.Same() || len(o.Consumed) != 12 || len(o.Hung) > 0 {
		t.Errorf("%+v", d)
	}
}
