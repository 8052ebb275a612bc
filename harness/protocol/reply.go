package protocol

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/subject"
)

// MaxLine is the longest line that either side may send, in bytes, without the
// newline. Larger payloads travel as size and seed, and come back as a digest.
const MaxLine = 16 << 20

// MaxData is the largest payload that travels as data: its base64 and the rest
// of the line stay below MaxLine.
const MaxData = 12<<20 - 4096

// Bytes decodes the data of a reply; nil where it carries none. The data of a
// reply that an Agent returned are known to be base64.
func (r Reply) Bytes() []byte {
	if r.Data == nil {
		return nil
	}
	b, err := base64.StdEncoding.DecodeString(*r.Data)
	if err != nil {
		return nil
	}
	return b
}

// Err is what a reply says went wrong: nil, a *subject.Error or an
// *Unsupported.
func (r Reply) Err() error {
	switch {
	case r.Error != "":
		return &subject.Error{Kind: r.Error, Text: r.Text}
	case r.Unsupported != "":
		return &Unsupported{Operation: r.Unsupported}
	}
	return nil
}

const (
	hintShape = "a reply is one flat JSON object on one line: {\"id\":7,\"ok\":true}, {\"id\":7,\"error\":\"full\",\"text\":\"…\"} or {\"id\":7,\"unsupported\":\"region.open\"}"
	hintField = "see harness/protocol/protocol.schema.json for the fields of a reply and their types"
)

// RequestFields and ReplyFields are the names of all fields on the wire.
var (
	RequestFields = jsonFields(reflect.TypeFor[Request]())
	ReplyFields   = jsonFields(reflect.TypeFor[Reply]())
)

// jsonFields lists the names that a struct's fields have on the wire.
func jsonFields(t reflect.Type) []string {
	var names []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// ParseReply reads one reply line and checks what can be checked without
// knowing the request. It is as strict as the schema.
func ParseReply(line []byte) (Reply, *Violation) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil || fields == nil {
		return Reply{}, Violationf(hintShape, "the line is not a JSON object")
	}
	for name, value := range fields {
		switch {
		case !slices.Contains(ReplyFields, name):
			return Reply{}, Violationf(hintField, "a reply has no field %q", name)
		case bytes.Equal(value, []byte("null")):
			return Reply{}, Violationf(hintField, "field %q is null; leave it out instead", name)
		}
	}
	var r Reply
	if err := json.Unmarshal(line, &r); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return r, Violationf(hintField, "field %q is a %s", wrong.Field, wrong.Value)
		}
		return r, Violationf(hintField, "%v", err)
	}
	return r, r.wellFormed(fields)
}

func (r Reply) wellFormed(fields map[string]json.RawMessage) *Violation {
	_, failed := fields["error"]
	_, lacks := fields["unsupported"]
	said := 0
	for _, s := range []bool{r.OK, failed, lacks} {
		if s {
			said++
		}
	}
	switch {
	case r.ID == 0:
		return Violationf(hintShape, "the reply has no id, or id 0")
	case said != 1:
		return Violationf(hintShape, "the reply must say exactly one of ok, error and unsupported; it says %d of them", said)
	case failed && !slices.Contains(subject.Kinds, r.Error):
		return Violationf(fmt.Sprintf("error is one of %q; details belong in text", subject.Kinds), "there is no error kind %q", r.Error)
	case lacks && r.Unsupported == "":
		return Violationf("put the operation or the argument there that the adapter does not have", "unsupported is empty")
	case r.Hash != "" && !isHash(r.Hash):
		return Violationf("the hash is FNV-1a with 64 bits, as 16 lower-case hexadecimal digits", "hash %q", r.Hash)
	case r.Thread != nil && *r.Thread < 1:
		return Violationf("leave thread out where it is not known", "thread %d", *r.Thread)
	case r.PID != nil && *r.PID < 1:
		return Violationf("a process has an id above 0", "pid %d", *r.PID)
	case r.State != "" && r.State != Idle && r.State != Busy:
		return Violationf("state is idle or busy", "state %q", r.State)
	}
	for _, n := range []struct {
		name  string
		value *int64
	}{{"size", r.Size}, {"done", r.Done}, {"wrong", r.Wrong}, {"wrong_at", r.WrongAt}, {"refused", r.Refused}, {"finished", r.Finished}} {
		if n.value != nil && *n.value < 0 {
			return Violationf(hintField, "field %q is negative", n.name)
		}
	}
	if r.Data != nil {
		if _, err := base64.StdEncoding.DecodeString(*r.Data); err != nil {
			return Violationf("data are standard base64 with padding (RFC 4648, section 4)", "field \"data\" is not base64: %v", err)
		}
	}
	return nil
}

func isHash(s string) bool {
	return len(s) == 16 && strings.Trim(s, "0123456789abcdef") == ""
}

// Answers checks that a reply that says ok holds what its request asked for.
func (r Reply) Answers(q Request) *Violation {
	if !r.OK {
		return nil
	}
	missing := func(names string) *Violation {
		return Violationf(fmt.Sprintf("an ok reply to %s holds %s", q.Op, names), "the reply to %s lacks %s", q.Op, names)
	}
	switch q.Op {
	case OpHello:
		switch {
		case r.Protocol == nil:
			return missing("protocol, the version that the adapter speaks")
		case *r.Protocol != Version:
			return Violationf("use the adapter that comes with this version of ipckit",
				"it speaks protocol version %d, and the kit version %d", *r.Protocol, Version)
		}
	case OpStatus:
		if r.State == "" {
			return missing("state, idle or busy")
		}
	case OpRegionSize:
		if r.Size == nil {
			return missing("size")
		}
	case OpWordLoad, OpWordAdd, OpWordCAS:
		switch {
		case r.Value == nil:
			return missing("value, what the word held")
		case q.Op == OpWordCAS && r.Swapped == nil:
			return missing("swapped, whether the word was replaced")
		}
	case OpRegionRead, OpBufferGet, OpMailboxReceive, OpLinkReceive, OpPartyReceive, OpSnapshotRead:
		switch {
		case q.Digest && (r.Size == nil || r.Hash == ""):
			return missing("size and hash, since digest was asked for")
		case !q.Digest && r.Data == nil:
			return missing("data, base64 (\"\" for an item of 0 bytes)")
		case q.Identify && r.PID == nil:
			return missing("pid, the process that sent it, since identify was asked for")
		case q.Op == OpPartyReceive && r.Sender == "":
			return missing("sender, the name of the party that sent it")
		}
	case OpWorkload:
		switch {
		case r.Done == nil:
			return missing("done, the number of items moved or steps done")
		case Judges(q.Role) && r.Wrong == nil:
			return missing("wrong, the number of items or steps that were not what they should be (0 where all were right)")
		}
	}
	return nil
}
