package sanitize

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/adapter"
)

// A Result is what ThreadSanitizer found.
type Result struct {
	Rounds   []*Round      `json:"rounds"`
	Races    []Race        `json:"races"` // each pair of source lines once
	Steps    int           `json:"steps"`
	Duration time.Duration `json:"duration"`
}

// A Race is a pair of unordered accesses to the same memory.
type Race struct {
	Profile  string    `json:"profile"`
	Memory   string    `json:"memory"` // "byte 192 of 384 shared bytes", or what a lock guards
	Accesses [2]Access `json:"accesses"`
	Times    int       `json:"times"` // how often this pair of source lines was reported
}

// An Access is one of the two accesses of a race.
type Access struct {
	Kind      string `json:"kind"` // read, write, atomic read, atomic write
	Size      int    `json:"size"` // bytes
	Operation string `json:"operation,omitempty"`
	Function  string `json:"function,omitempty"`
	File      string `json:"file,omitempty"` // of the subject; "" for the kit's own access, while it holds a lock
	Line      int    `json:"line,omitempty"`
	Text      string `json:"text,omitempty"` // of that line
}

// Place is the source line of the access.
func (a Access) Place() string {
	if a.File == "" {
		return "the kit, holding the lock"
	}
	return fmt.Sprintf("%s:%d", a.File, a.Line)
}

const tag = "ipckit: " // begins the lines of the driver

var (
	accessLine = regexp.MustCompile(`^  (Read|Write|Previous read|Previous write|Atomic read|Atomic write|Previous atomic read|Previous atomic write) of size (\d+) at 0x([0-9a-f]+) by `)
	frameLine  = regexp.MustCompile(`^    #\d+ (\S+) (.+?)(?::(\d+))?(?::\d+)? \(([^+()]+)\+0x[0-9a-f]+\)`)
)

// A reader reads what the driver and ThreadSanitizer printed.
type reader struct {
	dir    string // the subject's
	rounds []*Round
	begun  int // rounds; the last of them may be in progress
	ended  bool
	races  []Race
	shared []stretch
	places map[string]int // indices of races by their two source lines
}

// A stretch is memory that is shared in this round.
type stretch struct {
	begin, size uint64
	what        string
}

// read parses what the driver and the sanitizer printed, and returns how many
// rounds were begun and which races were found. A round that did not end gets the
// way in which the driver ended as its reason.
func read(text string, rounds []*Round, ended, dir string) (begun int, races []Race) {
	r := &reader{dir: dir, rounds: rounds, places: map[string]int{}}
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		switch line := lines[i]; {
		case strings.HasPrefix(line, tag):
			r.driver(strings.TrimPrefix(line, tag))
		case strings.HasPrefix(line, "WARNING: ThreadSanitizer: data race"):
			begin := i
			for i < len(lines) && !strings.HasPrefix(lines[i], "SUMMARY: ") {
				i++
			}
			r.report(lines[begin:min(i, len(lines))])
		}
	}
	// A round that did not end may just be slow, so it is left out; but a race that
	// was found in it remains a race.
	if last := r.round(); last != nil && !r.ended && last.Left == "" && last.Races == 0 {
		last.Left = "the round did not end: " + ended
	}
	for _, x := range rounds {
		if x.Left != "" {
			r.races = slices.DeleteFunc(r.races, func(race Race) bool { return race.Profile == x.Profile })
			x.Races = 0
		}
	}
	return r.begun, r.races
}

// round is the round in progress, or nil.
func (r *reader) round() *Round {
	if r.begun == 0 {
		return nil
	}
	return r.rounds[r.begun-1]
}

// driver reads a line of the driver.
func (r *reader) driver(line string) {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "round":
		if r.begun < len(r.rounds) {
			r.begun, r.shared = r.begun+1, nil
		}
	case "shared":
		fields := strings.SplitN(rest, " ", 3)
		if len(fields) < 3 {
			return
		}
		begin, err := strconv.ParseUint(strings.TrimPrefix(fields[0], "0x"), 16, 64)
		size, sizeErr := strconv.ParseUint(fields[1], 10, 64)
		if err == nil && sizeErr == nil {
			r.shared = append(r.shared, stretch{begin, size, fields[2]})
		}
	case "blind":
		r.left(rest)
	case "absent":
		r.left("ipckit_subject has no functions for it")
	case "refused":
		r.left("an operation failed; run `ipckit check` for the reason")
	case "broken":
		r.left(rest)
	case "end":
		r.ended = true
	}
}

func (r *reader) left(why string) {
	if x := r.round(); x != nil {
		x.Left = why
	}
}

// report reads one report of ThreadSanitizer.
func (r *reader) report(lines []string) {
	var accesses []Access
	var address uint64
	var inFrames bool
	for _, line := range lines {
		if m := accessLine.FindStringSubmatch(line); m != nil {
			size, _ := strconv.Atoi(m[2])
			kind := strings.ToLower(strings.TrimPrefix(m[1], "Previous "))
			accesses = append(accesses, Access{Kind: kind, Size: size})
			address, _ = strconv.ParseUint(m[3], 16, 64)
			inFrames = true
			continue
		}
		m := frameLine.FindStringSubmatch(line)
		switch {
		case m == nil:
			inFrames = false
		case inFrames && strings.HasPrefix(m[4], adapter.LibraryPrefix):
			a := &accesses[len(accesses)-1]
			if a.File == "" {
				a.Function, a.File = m[1], strings.TrimPrefix(m[2], "./")
				a.Line, _ = strconv.Atoi(m[3])
				a.Text = sourceLine(r.dir, a.File, a.Line)
			}
			a.Operation = m[1] // the outermost one
		}
	}
	round := r.round()
	if len(accesses) != 2 || round == nil {
		return
	}
	for _, s := range r.shared {
		if address >= s.begin && address < s.begin+s.size {
			memory := s.what
			if accesses[0].File != "" || accesses[1].File != "" {
				memory = fmt.Sprintf("byte %d of %d shared bytes", address-s.begin, s.size)
			}
			r.found(Race{Profile: round.Profile, Memory: memory, Accesses: [2]Access(accesses), Times: 1})
			return
		}
	}
}

// found adds a race, or counts it if one between the same lines was found before.
func (r *reader) found(x Race) {
	a, b := x.Accesses[0].Place(), x.Accesses[1].Place()
	if a > b {
		a, b = b, a
	}
	key := x.Profile + " " + a + " " + b
	if i, ok := r.places[key]; ok {
		r.races[i].Times++
		return
	}
	r.places[key] = len(r.races)
	r.races = append(r.races, x)
	r.round().Races++
}

// sourceLine is the text of a line of a subject's file; "" if it cannot be read.
func sourceLine(dir, file string, line int) string {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return ""
	}
	defer root.Close()
	text, err := root.ReadFile(filepath.Clean(file))
	if err != nil {
		return ""
	}
	lines := strings.Split(string(text), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[line-1])
}
