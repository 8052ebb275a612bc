package agent

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/reports"
)

const (
	outputLimit = 64 << 20 // bytes that an agent may print before it is killed
	outputTail  = 16 << 10 // bytes of each stream that are kept
)

// An output is what a process prints on one stream. It goes to a file without
// a name: nothing that the process inherits can keep the kit waiting, and
// nothing has to be removed.
type output struct {
	process, stream string

	mu   sync.Mutex
	file *os.File // nil once tail is final
	tail reports.Output
}

// newOutput makes the file in a directory of the world's.
func newOutput(dir, process, stream string) (*output, error) {
	path := filepath.Join(dir, fmt.Sprintf(".%s-%s-%x", stream, strings.Map(plain, process), rand.Uint64()))
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("file for the %s of %s: %w", stream, process, err)
	}
	// It is opened again as /dev/stderr by shells under another user id.
	err = unix.Fchmod(int(f.Fd()), 0o666)
	if removeErr := os.Remove(path); err == nil {
		err = removeErr
	}
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("file for the %s of %s: %w", stream, process, err)
	}
	return &output{process: process, stream: stream, file: f}, nil
}

func plain(r rune) rune {
	if r == '/' || r < ' ' {
		return '_'
	}
	return r
}

// read gives the end of what was printed so far.
func (o *output) read() reports.Output {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file == nil {
		return o.tail
	}
	out := reports.Output{Process: o.process, Stream: o.stream}
	for range 3 { // the world may cut the file to its limit in between
		info, err := o.file.Stat()
		if err != nil {
			return out
		}
		start := max(info.Size()-outputTail, 0)
		text, err := io.ReadAll(io.NewSectionReader(o.file, start, outputTail))
		if err != nil {
			return out
		}
		if len(text) > 0 {
			out.Text, out.Cut = strings.ToValidUTF8(string(text), "\uFFFD"), start > 0
			return out
		}
	}
	return out
}

// close keeps the end of what was printed and gives back the file.
func (o *output) close() {
	tail := o.read()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file != nil {
		_ = o.file.Close()
		o.file, o.tail = nil, tail
	}
}
