package scenario

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// The small language: steps are separated by commas. A step is
//
//	[AGENT:] [try|timed] [FAMILY.]VERB [NUMBER…]
//
// AGENT is A or B, where it is another than the one whose turn it is; try means
// that the operation must not wait, and timed that it waits for so long at most
// that no other agent gets anything done meanwhile; FAMILY is needed only for the operations of
// another family than the profile's own. The verbs are those of the protocol,
// and their numbers are:
//
//	put N, send N, publish N   an item or record that differs from all others by its number, 1 to 9
//	store V, add V, cas OLD NEW, load     of the word at offset 0; another is given as load@8
//	write@OFFSET N, read@OFFSET SIZE      of a region: N is one byte
//	create, open                          where the object is not set up, see [Object.Missing]

// RegionSize is that of the regions that a step makes: one page.
const RegionSize = 4096

// A SyntaxError is a step that the language does not have.
type SyntaxError struct {
	Scenario string // name, where it is one that the claims add
	Text     string // at fault
	Want     string
}

func (e *SyntaxError) Error() string {
	of := ""
	if e.Scenario != "" {
		of = fmt.Sprintf(" in scenario %q", e.Scenario)
	}
	return fmt.Sprintf("%q%s: want %s", e.Text, of, e.Want)
}

// steps reads steps, done by an agent unless they say otherwise.
func (o Object) steps(text, by string) ([]explore.Step, error) {
	var list []explore.Step
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		does := by
		if name, rest, ok := strings.Cut(part, ":"); ok {
			if does = strings.TrimSpace(name); does != explore.A && does != explore.B {
				return nil, &SyntaxError{Text: part, Want: "A: or B: before the operation, or nothing"}
			}
			part = rest
		}
		r, err := o.request(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		list = append(list, explore.Step{Agent: does, Request: r})
	}
	return list, nil
}

// requests reads the steps of one agent.
func (o Object) requests(text, by string) ([]protocol.Request, error) {
	list, err := o.steps(text, by)
	if err != nil {
		return nil, err
	}
	var requests []protocol.Request
	for _, step := range list {
		if step.Agent != by {
			return nil, &SyntaxError{Text: text, Want: "operations of agent " + by + " alone"}
		}
		requests = append(requests, step.Request)
	}
	return requests, nil
}

// waits are the operations that may wait.
var waits = []string{
	protocol.OpLockAcquire, protocol.OpSemaphoreWait, protocol.OpRWLockRead, protocol.OpRWLockWrite,
	protocol.OpBufferPut, protocol.OpBufferGet,
}

// limits are the words for how long an operation may wait, other than for ever.
var limits = map[string]subject.Wait{"try": subject.Never, "timed": subject.Wait(explore.TimeLimit)}

// request reads one step.
func (o Object) request(text string) (protocol.Request, error) {
	fields := strings.Fields(text)
	wait, limited := protocol.WireWait(subject.Forever), ""
	if len(fields) > 0 {
		if limit, ok := limits[fields[0]]; ok {
			limited, wait, fields = fields[0], protocol.WireWait(limit), fields[1:]
		}
	}
	if len(fields) == 0 {
		return protocol.Request{}, &SyntaxError{Text: text, Want: "an operation"}
	}
	verb, place, placed := strings.Cut(fields[0], "@")
	family := o.Family
	if f, v, ok := strings.Cut(verb, "."); ok {
		family, verb = f, v
	}
	r := protocol.Request{Op: protocol.Op(family, verb), Object: handle(family)}
	if o.made != nil && family == o.Family && len(fields) == 1 {
		switch verb {
		case protocol.Create:
			return *o.made, nil
		case protocol.Open:
			r.Kind, r.Name = o.made.Kind, o.made.Name
			return r, nil
		}
	}
	numbers, err := parseNumbers(fields[1:])
	want := map[string]int{
		protocol.OpBufferPut: 1, protocol.OpSnapshotPublish: 1, protocol.OpWordStore: 1, protocol.OpWordAdd: 1, protocol.OpWordCAS: 2,
		protocol.OpRegionWrite: 1, protocol.OpRegionRead: 1,
	}[r.Op]
	if err != nil || len(numbers) != want {
		return r, &SyntaxError{Text: text, Want: fmt.Sprintf("%s with %d numbers", r.Op, want)}
	}
	var offset int64
	if placed {
		if offset, err = strconv.ParseInt(place, 10, 64); err != nil || offset < 0 {
			return r, &SyntaxError{Text: text, Want: "an offset behind the @, a number of bytes"}
		}
	}
	if family == protocol.Word || r.Op == protocol.OpRegionRead || r.Op == protocol.OpRegionWrite {
		r.Offset = &offset
	} else if placed {
		return r, &SyntaxError{Text: text, Want: "no offset: only words and regions have them"}
	}
	switch waiting := slices.Contains(waits, r.Op); {
	case waiting:
		r.Wait = &wait
	case limited != "":
		return r, &SyntaxError{Text: text, Want: limited + " only before an operation that may wait"}
	}
	switch r.Op {
	case protocol.OpBufferPut, protocol.OpSnapshotPublish:
		r.Data = item(numbers[0], o.Size)
	case protocol.OpRegionWrite:
		r.Data = item(numbers[0], 1)
	case protocol.OpRegionRead:
		size := int64(numbers[0])
		r.Size = &size
	case protocol.OpWordCAS:
		r.Expected, r.Value = &numbers[0], &numbers[1]
	case protocol.OpWordStore, protocol.OpWordAdd:
		r.Value = &numbers[0]
	case protocol.OpRegionCreate, protocol.OpRegionOpen: // of a second region
		r.Name = "new"
		if verb == protocol.Create {
			r.Size = new(int64(RegionSize))
		}
	default:
		if !slices.Contains(protocol.Operations, r.Op) || r.Op == protocol.OpWorkload {
			return r, &SyntaxError{Text: text, Want: "an operation of the protocol, such as " + o.Family + "'s"}
		}
	}
	return r, nil
}

func parseNumbers(fields []string) ([]uint64, error) {
	var numbers []uint64
	for _, f := range fields {
		n, err := strconv.ParseUint(f, 0, 64)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// handle is what agents call an object. Words lie in a region.
func handle(family string) string {
	if family == protocol.Word {
		return "region"
	}
	return family
}

// item is the one of a number: its digit, as often as there is room, so that a
// torn one shows.
func item(n uint64, size int64) *string {
	return new(base64.StdEncoding.EncodeToString([]byte(strings.Repeat(string(rune('0'+n%10)), int(size)))))
}

// short makes steps part of an id: "try get, put 1" is "try-get,put".
func short(text string) string {
	var words []string
	for step := range strings.SplitSeq(text, ",") {
		var kept []string
		for _, f := range strings.Fields(step) {
			if f[0] < '0' || f[0] > '9' {
				kept = append(kept, f)
			}
		}
		words = append(words, strings.Join(kept, "-"))
	}
	return strings.Join(words, ",")
}
