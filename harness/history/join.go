package history

import "slices"

// Join makes one log of several that the same process recorded one after the other.
// The operations are copied.
func Join(first *Log, more ...*Log) *Log {
	l := &Log{Header: first.Header, Ops: slices.Clone(first.Ops), Expected: slices.Clone(first.Expected),
		file: first.file, loose: true, objects: first.objects}
	for _, m := range more {
		l.Ops = append(l.Ops, m.Ops...)
		l.Expected = append(l.Expected, m.Expected...)
		l.objects |= m.objects
	}
	return l
}

// LoadJoined is [Load], with the logs of each process joined into one, in the order
// of paths. It must not be used for logs of threads that ran at the same time.
func LoadJoined(paths ...string) (*History, error) {
	h, err := Load(paths...)
	var joined []*Log
	for i, l := range h.Logs {
		var more []*Log
		seen := false
		for j, other := range h.Logs {
			if other.Header.Process == l.Header.Process {
				seen = seen || j < i
				if j > i {
					more = append(more, other)
				}
			}
		}
		switch {
		case seen:
		case len(more) == 0:
			joined = append(joined, l)
		default:
			joined = append(joined, Join(l, more...))
		}
	}
	whole := &History{Logs: joined, mapped: h.Logs}
	return whole, err
}
