package reports

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// maxAnnotations is how many of a level a GitHub step shows; more are dropped
// without a word.
const maxAnnotations = 10

// Annotations writes GitHub workflow commands: an error for each requirement
// that fell short, a warning for each that is undecided or whose place in the
// known list is out of date. Beyond what GitHub shows, the last one says how
// many there are.
func Annotations(w io.Writer, r *Record) error {
	out := bufio.NewWriter(w)
	var errors, warnings []annotation
	if problem := r.problem(); problem != "" {
		errors = append(errors, annotation{"the run did not end well", oneLine(problem, 1000)})
	}
	for i := range r.Results {
		result := &r.Results[i]
		a := annotation{
			title: oneLine(result.Requirement, 80) + " " + result.Verdict.verb(),
			text:  result.annotate(),
		}
		switch result.Verdict.Exit(false) {
		case ExitPass:
		case ExitInconclusive, ExitKnown:
			warnings = append(warnings, a)
		default:
			errors = append(errors, a)
		}
	}
	write(out, "error", errors)
	write(out, "warning", warnings)
	return out.Flush()
}

type annotation struct{ title, text string }

// annotate describes a shortfall in a few lines.
func (r *Result) annotate() string {
	text := clip(strings.TrimSpace(r.Message), 1000)
	if text == "" {
		text = Describe(r.Verdict)
	}
	if r.Rule != "" {
		text += "\nRule: " + oneLine(r.Rule, 1000)
	}
	if r.Repeat != "" {
		text += "\nRepeat: " + oneLine(r.Repeat, 1000)
	}
	return text
}

func write(out *bufio.Writer, level string, list []annotation) {
	if n := len(list); n > maxAnnotations {
		list = append(list[:maxAnnotations-1:maxAnnotations-1], annotation{
			fmt.Sprintf("%d more", n-maxAnnotations+1), "They are in the report, as are these with all that is known of them.",
		})
	}
	for _, a := range list {
		fmt.Fprintf(out, "::%s title=%s::%s\n", level, property.Replace(a.title), data.Replace(a.text)) // Flush returns the first error
	}
}

// The escapes of workflow commands, as actions/toolkit has them
// (packages/core/src/command.ts).
var (
	data     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
