package explore

import (
	"cmp"
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// unfollowed says why an agent cannot be followed any further.
type unfollowed string

func (u unfollowed) Error() string { return string(u) }

// shares reports an agent that has a private mapping of the memory that agents
// share: neither the other agent nor the explorer sees what it does there.
func (p *tracee) shares() error {
	for _, m := range p.private {
		if slices.Contains(*p.objects, m.Object) {
			return unfollowed(p.name + " maps the memory that agents share for itself alone (MAP_PRIVATE): its accesses cannot be seen")
		}
	}
	return nil
}

// stays reports an agent that shares less at the end of an operation than at
// its beginning, unless the operation is there to give something back.
func (p *tracee) stays() error {
	if _, verb := protocol.Split(p.script[p.pos].Op); verb == protocol.Close || verb == protocol.Detach {
		return nil
	}
	if err := p.look(); err != nil {
		return err
	}
	if err := p.shares(); err != nil {
		return err
	}
	for _, m := range p.entered {
		if !shown(m, p.regions) {
			return unfollowed("the operation takes away the mapping of the memory that agents share, or maps other memory in its place")
		}
	}
	return nil
}

// shown reports whether all that a mapping shows is mapped by others, wherever
// they are.
func shown(wanted proc.Mapping, by []proc.Mapping) bool {
	by = slices.DeleteFunc(slices.Clone(by), func(m proc.Mapping) bool { return m.Object != wanted.Object })
	slices.SortFunc(by, func(a, b proc.Mapping) int { return cmp.Compare(a.Offset, b.Offset) })
	from, end := wanted.Offset, wanted.Offset+wanted.High-wanted.Low
	for _, m := range by {
		if m.Offset <= from {
			from = max(from, m.Offset+m.High-m.Low)
		}
	}
	return from >= end
}
