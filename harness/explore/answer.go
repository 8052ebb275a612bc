package explore

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ipckit/ipckit/harness/protocol"
)

// answerOf is a reply as outcomes are compared by: all that it says but its id
// and its text, which differ from one run to the next. It reads "ok",
// "ok \"x\"", "ok swapped=false value=3", "empty".
func answerOf(r protocol.Reply) string {
	switch {
	case r.Unsupported != "":
		return "unsupported " + r.Unsupported
	case r.Error != "":
		return string(r.Error)
	case r.Data != nil:
		return "ok " + showBytes(r.Bytes())
	}
	var fields map[string]any
	text, err := json.Marshal(r)
	if err == nil {
		d := json.NewDecoder(strings.NewReader(string(text)))
		d.UseNumber()
		err = d.Decode(&fields)
	}
	if err != nil {
		return "ok"
	}
	answer := "ok"
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name != "id" && name != "ok" && name != "text" {
			answer += fmt.Sprintf(" %s=%v", name, readable(fields[name]))
		}
	}
	return answer
}

// readable writes large numbers, which are patterns of bits, as such.
func readable(field any) any {
	if n, ok := field.(json.Number); ok {
		if v, err := strconv.ParseUint(n.String(), 10, 64); err == nil {
			return showNumber(v)
		}
	}
	return field
}

func showNumber(v uint64) string {
	if v > 1<<20 {
		return fmt.Sprintf("%#x", v)
	}
	return strconv.FormatUint(v, 10)
}
