package explore

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace/source"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// A codeAddress is the place of an instruction, the same in every process that
// runs the same files.
type codeAddress struct {
	module string // path of the file that it was mapped from
	offset uint64 // from where the file's first mapping begins
}

// codeAddress finds an instruction's place.
func (p *tracee) codeAddress(pc uint64) codeAddress {
	m := p.code(pc)
	if m == nil {
		if all, err := kept(p.pid); err == nil { // a library may have been loaded since
			p.text = slices.DeleteFunc(all, func(m proc.Mapping) bool { return m.Access&unix.PROT_EXEC == 0 })
		}
		if m = p.code(pc); m == nil {
			return codeAddress{offset: pc}
		}
	}
	return codeAddress{m.Path, pc - m.Low + m.Offset}
}

func (p *tracee) code(pc uint64) *proc.Mapping {
	for i := range p.text {
		if p.text[i].Holds(pc) {
			return &p.text[i]
		}
	}
	return nil
}

// stackWords is how far up the stack a caller is looked for.
const stackWords = 64

// eventAt says where in the source the agent stands: at the instruction itself,
// or, within a library, at the nearest caller in the subject's own code. Return
// addresses are found by looking through the stack for addresses behind calls:
// that needs no frame pointer and no unwind table.
func (p *tracee) eventAt(r registers, e Event) Event {
	here := p.where(r.pc())
	if source.Interprets(p.program) {
		if here.Module != p.program {
			e.Inside = here.Function
		}
		return e
	}
	own, inside := here, false
	if !here.Own(p.program) {
		var stack [8 * stackWords]byte
		for n := p.read(r.sp(), stack[:]); n >= 8 && !inside; n -= 8 {
			address := binary.NativeEndian.Uint64(stack[len(stack)-n:])
			if m := p.code(address); m != nil && m.Path == p.program && source.AfterCall(p.read, address) {
				if w := p.where(address - 1); w.Own(p.program) {
					own, inside = w, true
				}
			}
		}
	}
	e.Function, e.Line = own.Function, own.Line
	if own.Source != "" {
		e.File = filepath.Base(own.Source)
	}
	if inside {
		e.Inside = here.Function
	}
	return e
}

// event is eventAt for an agent that stopped in a system call.
func (p *tracee) event(e Event) Event {
	r, err := p.registers()
	if err != nil {
		return e
	}
	return p.eventAt(r, e)
}

// where is the source line of an instruction.
func (p *tracee) where(pc uint64) source.Place {
	at := p.codeAddress(pc)
	if at.module == "" {
		return source.Place{}
	}
	s, known := p.sources[at.module]
	if !known {
		path := at.module
		if path == p.program { // which may lie where this user cannot go
			path = fmt.Sprintf("/proc/%d/exe", p.pid)
		}
		s = source.Open(path)
		p.sources[at.module] = s
	}
	w := s.Place(at.offset)
	w.Module = at.module
	return w
}
