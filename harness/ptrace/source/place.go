// Package source says where in its source code a process is: which function and line
// an instruction belongs to, and whether they are the subject's own.
package source

import (
	"encoding/binary"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// A Place is a line of source code.
type Place struct {
	Module   string // path of the executable file
	Function string
	Source   string // path of the source file; "" where the file has no debugging information
	Line     int
}

// Own reports whether the place is in the subject's own code, and not in a
// library or a language's runtime.
func (w Place) Own(program string) bool {
	if w.Module != program || w.Function == "" {
		return false
	}
	return !Library(w.Function) && w.Function != "main" && !strings.Contains(w.Source, ".ipckit/") && !slices.Contains(shimFiles, filepath.Base(w.Source))
}

// Library reports whether a function is of a library that Go programs are made of, or
// of the kit's part of an agent.
func Library(function string) bool {
	return slices.ContainsFunc(libraries, func(prefix string) bool { return strings.HasPrefix(function, prefix) })
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

// Interprets reports whether a program runs others in a language of its own: its
// functions and lines say nothing about them.
func Interprets(program string) bool { return strings.HasPrefix(filepath.Base(program), "python") }

// AfterCall reports whether the instruction before an address may be a call, so that
// the address, found on a stack, is probably where it returns to.
func AfterCall(read func(address uint64, into []byte) int, address uint64) bool {
	var code [7]byte
	if read(address-7, code[:]) != 7 {
		return false
	}
	if runtime.GOARCH == "arm64" { // bl and blr
		word := binary.LittleEndian.Uint32(code[3:])
		return word>>26 == 0x25 || word&0xfffffc1f == 0xd63f0000
	}
	return code[2] == 0xE8 || code[5] == 0xFF || code[4] == 0xFF || code[1] == 0xFF || code[0] == 0xFF || code[3] == 0xFF
}
