package buffer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/harness/subject"
)

// Buffers are as small as may be asked for, near to so many items of so many
// bytes.
const (
	bufferItems = 2
	itemSize    = 16
	mostItems   = 16 // with which a buffer is still filled
)

// object is a small buffer, and how many items fill it: 0 where that
// cannot be told, since it is counted in bytes, or is too many.
func object(profile string, p *subject.BufferProfile) (o scenario.Object, usable int64, ok bool) {
	return bufferOf(profile, p, bufferItems)
}

func bufferOf(profile string, p *subject.BufferProfile, items int64) (o scenario.Object, usable int64, ok bool) {
	kind := strings.TrimPrefix(profile, "buffer.")
	size := scenario.Clamp(itemSize, p.Item)
	if size == 0 {
		return o, 0, false
	}
	var capacity int64
	switch {
	case p.Capacity.Items != nil:
		reserved := int64(0)
		if p.Slots == "N-1" {
			reserved = 1
		}
		capacity = min(max(items+reserved, int64(p.Capacity.Items.Min)), int64(p.Capacity.Items.Max))
		if usable = capacity - reserved; usable > mostItems {
			usable = 0
		}
	case p.Capacity.Bytes != nil:
		capacity = min(max(items*size, int64(p.Capacity.Bytes.Min)), int64(p.Capacity.Bytes.Max))
	}
	return scenario.Object{Profile: profile, Family: "buffer", Size: size, Wakes: []string{"BUF-WAKE"}, Create: []protocol.Request{
		{Op: protocol.OpBufferCreate, Kind: kind, Object: "buffer", Name: "buffer", Capacity: &capacity, ItemMax: &size},
	}}, usable, capacity > 0
}

// Object is what scenarios of the claims are about.
func Object(c *subject.Claims, profile string) (scenario.Object, bool) {
	switch profile {
	case subject.ProfileOneToOne:
		o, _, ok := object(profile, c.Profiles.OneToOne)
		return o, ok
	case subject.ProfileMany:
		o, _, ok := object(profile, c.Profiles.Many)
		return o, ok
	}
	return scenario.Object{}, false
}

// Scenarios are those of a buffer for one producer and one consumer, and of one
// for many.
func Scenarios(c *subject.Claims) []scenario.Scenario { return append(oneToOne(c), many(c)...) }

func oneToOne(c *subject.Claims) []scenario.Scenario {
	p := c.Profiles.OneToOne
	return slices.Concat(buffers(p, subject.ProfileOneToOne), bufferEarly(c, p, subject.ProfileOneToOne), bufferDeadlines(c, p, subject.ProfileOneToOne), bufferDeaths(c, p, subject.ProfileOneToOne))
}

// A buffer for many has all pairs of one producer and one consumer too, and
// those of two producers and of two consumers.
func many(c *subject.Claims) []scenario.Scenario {
	p := c.Profiles.Many
	list := buffers(p, subject.ProfileMany)
	if list == nil {
		return nil
	}
	o, usable, _ := object(subject.ProfileMany, p)
	relaxed := p.Empty == "relaxed"
	drain := strings.Repeat("try get,", int(max(usable, bufferItems)+1))
	linear := []string{"BUF-NOLOSS", "BUF-NODUP", "BUF-PRODUCERORDER", "BUF-LINEAR"}
	list = append(list, o.Scenarios(
		scenario.Sketch{State: "one", Before: "put 9", A: "try get", B: "try get", Observe: drain, Relaxed: relaxed, Shows: linear},
		scenario.Sketch{State: "two", Before: "put 8, put 9", A: "get", B: "get", Observe: drain, Relaxed: relaxed, Shows: linear},
	)...)
	if usable >= 2 {
		list = append(list, o.Scenarios(
			scenario.Sketch{State: "empty", A: "put 1", B: "put 2", Observe: drain, Relaxed: relaxed, Shows: linear},
			scenario.Sketch{State: "almost-full", Before: fill(usable - 1), A: "try put 1", B: "try put 2", Observe: drain, Relaxed: relaxed, Shows: linear},
		)...)
	}
	return slices.Concat(list, bufferEarly(c, p, subject.ProfileMany), bufferDeadlines(c, p, subject.ProfileMany), bufferDeaths(c, p, subject.ProfileMany))
}

// bufferEarly has one agent open while the other creates.
func bufferEarly(c *subject.Claims, p *subject.BufferProfile, profile string) []scenario.Scenario {
	if p == nil || !slices.Contains(c.Extended, "BUF-EARLYOPEN") {
		return nil
	}
	o, _, ok := object(profile, p)
	if !ok {
		return nil
	}
	return o.Missing().Scenarios(scenario.Sketch{
		State: "missing", A: "create", B: "open", Observe: "B: open, try put 1, B: try get, B: try get", Shows: []string{"BUF-EARLYOPEN"},
	})
}

// bufferDeadlines have one agent give up while the other does what it waits for:
// the item is got or it stays, and it is put or it is not.
func bufferDeadlines(c *subject.Claims, p *subject.BufferProfile, profile string) []scenario.Scenario {
	if p == nil || !slices.Contains(c.Extended, "BUF-DEADLINE") {
		return nil
	}
	o, usable, ok := object(profile, p)
	if !ok {
		return nil
	}
	drain := strings.Repeat("B: try get,", int(max(usable, bufferItems)+2))
	sketch := func(state, before, a, b string) scenario.Sketch {
		return scenario.Sketch{State: state, Before: before, A: a, B: b, Observe: drain, Relaxed: true, Shows: []string{"BUF-DEADLINE", "BUF-ABANDONED"}}
	}
	const through = "put 9, B: get,"
	list := o.Scenarios(
		sketch("empty", through, "put 1", "timed get"),
		sketch("empty", through, "put 1, put 2", "timed get, get"),
	)
	if usable > 0 {
		list = append(list, o.Scenarios(
			sketch("full", through+fill(usable), "timed put 1", "get"),
			sketch("full", through+fill(usable), "timed put 1, put 2", "get, get"),
		)...)
	}
	return list
}

// bufferDeaths kill an agent in an operation: then it is done, or not, and the other
// goes on. What is left shows which: the items that come out, or the room for more,
// where the other is the only producer.
func bufferDeaths(c *subject.Claims, p *subject.BufferProfile, profile string) []scenario.Scenario {
	if p == nil {
		return nil
	}
	o, usable, ok := object(profile, p)
	if !ok || usable == 1 {
		return nil
	}
	ends := max(usable, bufferItems) + 1
	drain, refill := strings.Repeat("try get,", int(ends)), strings.Repeat("try put 2,", int(ends))
	var list []scenario.Scenario
	kill := func(state, before, a, b, observe, shows string) {
		list = append(list, o.Scenarios(scenario.Sketch{State: state, Before: before, A: a, B: b, Observe: observe, Deaths: true, Shows: []string{shows}})...)
	}
	if slices.Contains(c.Extended, "BUF-PRODUCERDEATH") {
		kill("one", "put 9, B: get, put 8", "put 1", "get", drain, "BUF-PRODUCERDEATH")
		kill("empty", "put 9, B: get", "put 1", "try get", drain, "BUF-PRODUCERDEATH")
	}
	if slices.Contains(c.Extended, "BUF-CONSUMERDEATH") {
		if usable > 0 {
			kill("one", "B: put 9, get, B: put 8", "get", "put 1", refill, "BUF-CONSUMERDEATH")
		}
		if profile == subject.ProfileMany {
			kill("two", "put 8, put 9", "get", "get", drain, "BUF-CONSUMERDEATH")
		}
	}
	return list
}

// fill puts so many items, which are none of those that scenarios put.
func fill(n int64) string {
	var steps []string
	for i := range n {
		steps = append(steps, fmt.Sprintf("put %d", 3+i%5))
	}
	return strings.Join(steps, ",")
}

// buffers are the pairs of A's operations, which puts, and B's, which gets, in each
// state. Before, an item goes through, so that each is attached as what it is.
func buffers(p *subject.BufferProfile, profile string) []scenario.Scenario {
	if p == nil {
		return nil
	}
	o, usable, ok := object(profile, p)
	if !ok {
		return nil
	}
	b := buffer{BufferProfile: p, drain: strings.Repeat("B:try get,", int(max(usable, bufferItems)+1))}
	const through = "put 9, B: get,"
	list := o.Scenarios(b.sketch("new", "", "try put 1", "try get"))
	states := []struct{ name, before string }{{"empty", through}, {"one", through + "put 8"}}
	if usable > 0 {
		states = append(states, struct{ name, before string }{"full", through + fill(usable)})
	}
	puts, gets := []string{"put 1", "try put 1"}, []string{"get", "try get"}
	if p.Close {
		puts, gets = append(puts, "close"), append(gets, "close")
		list = append(list, o.Scenarios(b.sketch("closed", through+"put 8, close", "try put 1", "get"))...)
	}
	for _, s := range states {
		for _, put := range puts {
			for _, get := range gets {
				if put != "close" || get != "close" {
					list = append(list, o.Scenarios(b.sketch(s.name, s.before, put, get))...)
				}
			}
		}
	}
	list = append(list, o.Scenarios(
		b.sketch("empty", through, "put 1, put 2", "get, get", "BUF-PRODUCERORDER", "BUF-FIFO", "BUF-WAKE", "BUF-NOLOSS", "BUF-NODUP"),
		b.sketch("refused-empty", through+"B: try get", "put 1", "get", "BUF-ABANDONED"),
	)...)
	if usable > 0 {
		list = append(list, o.Scenarios(b.sketch("refused-full", through+fill(usable)+", try put 2", "put 1", "get", "BUF-ABANDONED"))...)
	}
	if least, n, ok := bufferOf(profile, p, 1); ok && n > 0 && n < usable {
		list = append(list, least.Scenarios(
			b.sketch("smallest-empty", through, "put 1", "get", "BUF-ONE"),
			b.sketch("smallest-full", through+fill(n), "put 1", "get", "BUF-ONE"),
			b.sketch("smallest-full", through+fill(n), "try put 1", "try get", "BUF-ONE"),
		)...)
	}
	return list
}

// A buffer makes sketches about buffers.
type buffer struct {
	*subject.BufferProfile
	drain string // gets all that there may be, and what comes then
}

func (b buffer) sketch(state, before, put, get string, shows ...string) scenario.Sketch {
	if len(shows) == 0 {
		shows = shown(state, put, get)
	}
	return scenario.Sketch{State: state, Before: before, A: put, B: get, Observe: b.drain, Relaxed: b.Empty == "relaxed", Shows: shows}
}

// shown says what a pair of operations is about: first which waits and which is
// refused, then that nothing is lost.
func shown(state, put, get string) []string {
	waits := state == "empty" && strings.HasPrefix(get, "get") || state == "full" && strings.HasPrefix(put, "put")
	closes := put == "close" || get == "close" || state == "closed"
	var own []string
	switch {
	case closes && waits:
		return []string{"BUF-CLOSEBLOCKED"}
	case closes:
		return []string{"BUF-DRAIN"}
	case waits && state == "empty":
		own = []string{"BUF-WAKE", "BUF-EMPTY"}
	case waits:
		own = []string{"BUF-WAKE", "BUF-FULL"}
	case state == "full":
		own = []string{"BUF-TRYFULL"}
	case get == "try get" && state != "one":
		own = []string{"BUF-TRYEMPTY"}
	}
	return append(own, "BUF-NOLOSS", "BUF-NODUP", "BUF-FIFO", "BUF-CONTENT", "BUF-LINEAR")
}
