package explore

import (
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

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

// A place is a line of source code.
type place struct {
	module, function, file string
	line                   int
}

// own reports whether the place is in the subject's own code, and not in a
// library or a language's runtime.
func (w place) own(program string) bool {
	if w.module != program || w.function == "" {
		return false
	}
	for _, prefix := range libraries {
		if strings.HasPrefix(w.function, prefix) {
			return false
		}
	}
	return w.function != "main" && !strings.Contains(w.file, ".ipckit/") && !slices.Contains(shimFiles, filepath.Base(w.file))
}

// libraries are the packages of which a program may be made beside its author's,
// and which may have left addresses on the stack.
var libraries = []string{
	"runtime.", "runtime/", "internal/", "sync/atomic.", "sync.", "syscall.", "golang.org/x/sys/",
	"encoding/", "bufio.", "bytes.", "context.", "errors.", "fmt.", "io.", "io/", "maps.", "math.", "math/", "os.", "os/",
	"reflect.", "slices.", "sort.", "strconv.", "strings.", "time.", "unicode.", "unicode/", "unique.",
	"memeqbody", "cmpbody", "indexbytebody",
	"github.com/ipckit/ipckit/harness/agent.", "github.com/ipckit/ipckit/harness/host.", "github.com/ipckit/ipckit/harness/protocol.",
}

// shimFiles are the kit's own sources in an agent for C.
var shimFiles = []string{"ipckit_shim.c", "object.h", "queue.h", "region.h", "operation.h", "control.h"}

// interprets reports whether a program runs others in a language of its own: its
// functions and lines say nothing about them.
func interprets(program string) bool { return strings.HasPrefix(filepath.Base(program), "python") }

// stackWords is how far up the stack a caller is looked for.
const stackWords = 64

// eventAt says where in the source the agent stands: at the instruction itself,
// or, within a library, at the nearest caller in the subject's own code. Return
// addresses are found by looking through the stack for addresses behind calls:
// that needs no frame pointer and no unwind table.
func (p *tracee) eventAt(r registers, e Event) Event {
	here := p.where(r.pc())
	if interprets(p.program) {
		if here.module != p.program {
			e.Inside = here.function
		}
		return e
	}
	own, inside := here, false
	if !here.own(p.program) {
		var stack [8 * stackWords]byte
		for n := p.read(r.sp(), stack[:]); n >= 8 && !inside; n -= 8 {
			address := binary.NativeEndian.Uint64(stack[len(stack)-n:])
			if m := p.code(address); m != nil && m.Path == p.program && p.afterCall(address) {
				if w := p.where(address - 1); w.own(p.program) {
					own, inside = w, true
				}
			}
		}
	}
	e.Function, e.Line = own.function, own.line
	if own.file != "" {
		e.File = filepath.Base(own.file)
	}
	if inside {
		e.Inside = here.function
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

// afterCall reports whether the instruction before an address may be a call.
func (p *tracee) afterCall(address uint64) bool {
	var code [7]byte
	if p.read(address-7, code[:]) != 7 {
		return false
	}
	return code[2] == 0xE8 || code[5] == 0xFF || code[4] == 0xFF || code[1] == 0xFF || code[0] == 0xFF || code[3] == 0xFF
}

// where is the source line of an instruction.
func (p *tracee) where(pc uint64) place {
	at := p.codeAddress(pc)
	if at.module == "" {
		return place{}
	}
	s, known := p.sources[at.module]
	if !known {
		path := at.module
		if path == p.program { // which may lie where this user cannot go
			path = fmt.Sprintf("/proc/%d/exe", p.pid)
		}
		s = openSource(path)
		p.sources[at.module] = s
	}
	w := s.place(at.offset)
	w.module = at.module
	return w
}
