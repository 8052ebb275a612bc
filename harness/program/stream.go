package program

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/ipckit/ipckit/reports"
)

const (
	tailKept = 8 << 10  // bytes at the end of a stream that reports show
	lineKept = 64 << 10 // bytes at the start of a line that patterns are matched against
)

// A sink collects the items of a run. Its streams share it.
type sink struct {
	began  time.Time
	notify chan struct{} // something was read; one slot

	mu       sync.Mutex
	produced []Item
	consumed []Item
	last     time.Time // of the last line
	lines    int
}

func newSink(began time.Time) *sink {
	return &sink{began: began, last: began, notify: make(chan struct{}, 1)}
}

// counts returns the numbers of items so far and the time of the last line.
func (s *sink) counts() (produced, consumed int, last time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.produced), len(s.consumed), s.last
}

func (s *sink) wake() {
	select {
	case s.notify <- struct{}{}:
	default:
	}
}

// A pattern finds produced items, or consumed ones.
type pattern struct {
	re   *regexp.Regexp
	into func(*sink) *[]Item
}

func produced(s *sink) *[]Item { return &s.produced }
func consumed(s *sink) *[]Item { return &s.consumed }

// A gate opens when a line of the program matches its pattern, which says that the
// program is ready.
type gate struct {
	re     *regexp.Regexp
	once   sync.Once
	opened chan struct{}
}

func (g *gate) open() { g.once.Do(func() { close(g.opened) }) }

// A stream is one output of one program.
type stream struct {
	role, name string
	channel    *channel
	sink       *sink
	patterns   []pattern
	ready      *gate // or nil
	limit      int64
	done       chan struct{} // closed when everything was read

	mu      sync.Mutex
	tail    []byte
	total   int64
	lines   int
	sample  string // the first line that matched no pattern
	matched bool
	flooded bool
}

// follow reads the stream to its end. Beyond its limit the stream is read on, so
// that the program is not held up, but ignored.
func (s *stream) follow() {
	defer close(s.done)
	buffer := make([]byte, 16<<10)
	var partial []byte
	long := false // the rest of a line that was cut
	for {
		n, err := s.channel.read.Read(buffer)
		chunk := buffer[:n]
		if n > 0 && !s.keep(chunk) {
			chunk = nil
		}
		for {
			i := bytes.IndexByte(chunk, '\n')
			if i < 0 {
				break
			}
			if !long {
				s.line(append(partial, chunk[:i]...))
			}
			partial, long, chunk = nil, false, chunk[i+1:]
		}
		if partial = append(partial, chunk...); len(partial) > lineKept {
			if !long {
				s.line(partial[:lineKept])
			}
			partial, long = nil, true
		}
		if err != nil { // a terminal ends with EIO
			if len(partial) > 0 && !long {
				s.line(partial)
			}
			s.sink.wake()
			return
		}
	}
}

// keep stores the last part of what was read, and reports whether the stream is
// within its limit.
func (s *stream) keep(chunk []byte) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total += int64(len(chunk))
	if s.tail = append(s.tail, chunk...); len(s.tail) > tailKept {
		s.tail = append([]byte(nil), s.tail[len(s.tail)-tailKept:]...)
	}
	if s.total > s.limit && !s.flooded {
		s.flooded = true
		s.sink.wake()
	}
	return !s.flooded
}

func (s *stream) line(raw []byte) {
	now := time.Now()
	text := strings.TrimSuffix(string(raw), "\r")
	s.mu.Lock()
	s.lines++
	number := s.lines
	matched := false
	s.sink.mu.Lock()
	s.sink.last = now
	s.sink.lines++
	for _, p := range s.patterns {
		if item, producer, ok := match(p.re, text); ok {
			matched = true
			items := p.into(s.sink)
			*items = append(*items, Item{Text: item, Producer: producer, Role: s.role, Line: number, Time: now.Sub(s.sink.began)})
		}
	}
	s.sink.mu.Unlock()
	s.matched = s.matched || matched
	if !matched && s.sample == "" {
		s.sample = text
	}
	s.mu.Unlock()
	if s.ready != nil && s.ready.re.MatchString(text) {
		s.ready.open()
	}
	s.sink.wake()
}

func (s *stream) isFlooded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flooded
}

// output returns the last part of the stream, as reports show it.
func (s *stream) output() reports.Output {
	s.mu.Lock()
	defer s.mu.Unlock()
	return reports.Output{
		Process: s.role, Stream: s.name, Text: strings.ToValidUTF8(string(s.tail), "\uFFFD"), Cut: s.total > int64(len(s.tail)),
	}
}
