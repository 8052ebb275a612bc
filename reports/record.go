package reports

import "time"

// FormatVersion is the version of the record format. It changes only by adding.
const FormatVersion = 1

// A Line is one line of report.jsonl: exactly one of its parts is there.
//
// A record is append-only: a header, then a line for each requirement as it is
// decided, then a footer. A requirement may have several lines, one for each
// check that ended; its verdict is the worst of them. A record without a
// footer belongs to a run that did not end, and never counts as a pass.
type Line struct {
	Header *Header `json:"header,omitempty"`
	*Result
	Footer *Footer `json:"footer,omitempty"`
}

// Header says what was checked, where, and by what.
type Header struct {
	Format       int          `json:"format"`
	Kit          string       `json:"kit"`   // version of ipckit
	Suite        string       `json:"suite"` // version of the catalogue
	Command      string       `json:"command"`
	Subject      Subject      `json:"subject"`
	Claims       any          `json:"claims,omitempty"` // as the author gave them
	Selection    []string     `json:"selection,omitempty"`
	Seed         uint64       `json:"seed"`
	Host         string       `json:"host"`
	Kernel       string       `json:"kernel"`
	Arch         string       `json:"arch"`
	CPUs         int          `json:"cpus"`
	Go           string       `json:"go"`
	Capabilities []Capability `json:"capabilities,omitempty"`
	Time         time.Time    `json:"time"`
	Total        int          `json:"total"` // checks that will run; 0 is not known

	// Claimed is how many requirements the subject claims for which the kit has a
	// check, by level, whether they were selected or not. Records of versions
	// before 0.2 do not have it.
	Claimed map[string]int `json:"claimed,omitempty"`
	NotRun  []NotRun       `json:"not_run,omitempty"`

	Families []Family `json:"families,omitempty"` // in the order in which they are shown
}

// NotRun is a kind of check that exists for what was selected and was not run.
type NotRun struct {
	Kind         string `json:"kind"`
	Requirements int    `json:"requirements"`  // that have such a check
	How          string `json:"how,omitempty"` // a command or an option to have it run
}

// Family is a group of requirements, with their ids in the order in which they
// are shown: checks end in any order. What is not listed comes after, as it
// comes.
type Family struct {
	ID           string   `json:"id"` // what the ids begin with: BUF
	Title        string   `json:"title,omitempty"`
	Model        string   `json:"model,omitempty"`
	Requirements []string `json:"requirements,omitempty"`
}

// Subject names what was checked.
type Subject struct {
	Name     string   `json:"name"`
	Version  string   `json:"version,omitempty"`
	Language string   `json:"language,omitempty"`
	Way      string   `json:"way"` // Go package, C, executable, programs
	Path     string   `json:"path,omitempty"`
	Profiles []string `json:"profiles,omitempty"`
	Partial  []string `json:"partial,omitempty"` // profiles claimed only in part
	Waived   []string `json:"waived,omitempty"`  // what profiles do not promise that holds without a word: "lock: handles: process"
}

// Capability is something that the host allows or not.
type Capability struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"` // why not; where OK, a detail worth knowing
	Means  string `json:"means,omitempty"`  // what a run without it cannot show; "" takes the report's own words
}

// Result is one requirement's outcome. It carries the requirement's own text,
// so that a record can be rendered without the catalogue that made it.
type Result struct {
	Requirement string    `json:"requirement"`
	Verdict     Verdict   `json:"verdict"`
	Level       string    `json:"level,omitempty"`
	Model       string    `json:"model,omitempty"`
	Checks      []Check   `json:"checks,omitempty"`
	Seconds     float64   `json:"seconds"`
	Seed        uint64    `json:"seed"`
	Message     string    `json:"message,omitempty"` // one line: what was seen instead
	Evidence    *Evidence `json:"evidence,omitempty"`
	Repeat      string    `json:"repeat,omitempty"` // a command to paste

	Rule   string `json:"rule,omitempty"`
	Source string `json:"source,omitempty"`
	Why    string `json:"why,omitempty"`
	Hint   string `json:"hint,omitempty"`
}

// Check is one way in which a requirement was looked at.
type Check struct {
	Kind    string   `json:"kind"`              // behaviour, stress, race, fault, performance
	Profile string   `json:"profile,omitempty"` // which profile's object was checked, where there are several
	Verdict Verdict  `json:"verdict"`
	Seconds float64  `json:"seconds,omitempty"`
	Note    string   `json:"note,omitempty"`    // the bound, the figures, or why it was not run
	Faults  []string `json:"faults,omitempty"`  // what was done to the processes, each with its time from the check's start
	Measure *Measure `json:"measure,omitempty"` // of a measured promise: claim, figures, rounds
}

// Evidence explains a verdict to a reader who did not see the run. The fields are
// shown in this order, with the requirement's rule and hint between Sure and
// RuledOut.
type Evidence struct {
	Did      []string  `json:"did,omitempty"`       // what the kit did, step by step
	Saw      string    `json:"saw,omitempty"`       // what happened instead of what was expected
	Cause    string    `json:"cause,omitempty"`     // what it comes from, where that is known; a part of the message, and the same for all that it drags along
	Sure     string    `json:"sure,omitempty"`      // failed 3 of 3 runs; deterministic
	RuledOut []string  `json:"ruled_out,omitempty"` // what was looked at and is right
	Step     string    `json:"step,omitempty"`      // the step it happened in
	Blocked  []Blocked `json:"blocked,omitempty"`   // which processes are blocked, and where
	Left     []string  `json:"left,omitempty"`      // what was left behind
	Output   []Output  `json:"output,omitempty"`    // what the processes printed so far
	Picture  string    `json:"picture,omitempty"`   // the history as text
	SVG      string    `json:"svg,omitempty"`       // the same, to look at
	Trace    string    `json:"trace,omitempty"`     // for kit errors: where in the kit

	Interleaving *Interleaving `json:"interleaving,omitempty"` // of a race: its witness
}

// Blocked is one process that had not come back when the watchdog looked.
type Blocked struct {
	Process   string  `json:"process"`
	Operation string  `json:"operation,omitempty"`
	Seconds   float64 `json:"seconds"`
	Where     string  `json:"where,omitempty"` // asleep in futex(…), running, stopped

	Threads []string `json:"threads,omitempty"` // what each thread does, of a process that has several: "thread 12, worker: asleep in …"
}

// Output is the end of what a process printed.
type Output struct {
	Process string `json:"process"`
	Stream  string `json:"stream"` // stdout, stderr
	Text    string `json:"text"`
	Cut     bool   `json:"cut,omitempty"` // there was more before
}

// Footer closes a record.
type Footer struct {
	Counts      map[Verdict]int `json:"counts"`
	Exit        int             `json:"exit"`
	Headline    string          `json:"headline"`
	Error       string          `json:"error,omitempty"` // why the run ended early
	Interrupted bool            `json:"interrupted,omitempty"`
	Seconds     float64         `json:"seconds"`
	Time        time.Time       `json:"time"`
}
