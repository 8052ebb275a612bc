package agent

import "reflect"

// For tests outside the package, which can host a subject.
var (
	ParseReply = func(line string) (Reply, string, string) {
		r, v := parseReply([]byte(line))
		if v == nil {
			return r, "", ""
		}
		return r, v.problem, v.hint
	}
	RequestFields = jsonFields(reflect.TypeFor[Request]())
	ReplyFields   = replyFields
	QuoteLine     = quoteLine
)
