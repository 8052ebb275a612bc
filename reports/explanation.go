package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// An explanation is a verdict explained to a reader who did not see the run, in the same
// order in each form: did, saw, how sure, rule, idea, which process is blocked
// where, what was left, ruled out, what was printed, repeat. All of its text is
// visible text and bounded in length.
type explanation []section

// section is one part of an explanation.
type section struct {
	Label string
	Form  form
	Lines []string // paragraphs, steps, or lines that stay as they are
	Aside string   // after the lines, less loud
	SVG   string   // pictures only: the same to look at
	More  bool     // output only: there was more before
	Turns *Interleaving
}

// form says how the lines of a section are set.
type form string

const (
	prose   form = "prose"
	steps   form = "steps"   // one after the other
	items   form = "items"   // in no order
	picture form = "picture" // columns matter
	output  form = "output"  // what a process printed
	command form = "command" // to be pasted
	turns   form = "turns"   // an interleaving: Turns, and as text in Lines
)

// textWidth is the width of an interleaving where no terminal's width is known.
const textWidth = 110

// limits bound an explanation's text, in bytes.
type limits struct {
	text   int // of one sentence or step
	output int // of one process's output, or of a trace
	lines  int // of one process's output; 0 is no bound
}

// explain puts a result's evidence, rule and hint in order.
func explain(r *Result, l limits) explanation {
	e := cmp.Or(r.Evidence, &Evidence{})
	var x explanation
	x.add("Did", steps, did(e), l.text)
	x.add("Saw", prose, saw(r, e), l.text)
	x.add("How sure", prose, []string{e.Sure}, l.text)
	if r.Rule != "" {
		x.add("Rule", prose, []string{r.Rule}, l.text)
		x[len(x)-1].Aside = strings.TrimSpace(clip(r.Source, l.text))
	}
	x.add("Idea", prose, []string{r.Idea()}, l.text)
	x.add("Measured", items, r.figures(), l.text)
	if e.Picture != "" || e.SVG != "" {
		x = append(x, section{Label: "Picture", Form: picture, Lines: lines(clip(e.Picture, l.output)), SVG: e.SVG})
	}
	if e.Interleaving != nil {
		x = append(x, section{Label: "In turn", Form: turns, Lines: lines(e.Interleaving.Text(textWidth)), Turns: e.Interleaving})
	}
	x.add("Blocked", items, blocked(e), l.text)
	x.add("Left", items, left(e), l.text)
	x.add("Ruled out", items, ruledOut(e), l.text)
	for _, o := range e.Output {
		x.addOutput(o, l)
	}
	if e.Trace != "" {
		x = append(x, section{Label: "In the kit", Form: output, Lines: lines(clip(e.Trace, l.output))})
	}
	if len(r.Checks) > 1 && len(r.figures()) == 0 {
		x.add("Checks", items, checks(r), l.text)
	}
	x.add("Repeat", command, []string{r.Repeat}, l.text)
	return x
}

// add adds a section, unless there is nothing in it.
func (x *explanation) add(label string, f form, texts []string, limit int) {
	s := section{Label: label, Form: f}
	for _, text := range texts {
		if text = strings.TrimSpace(clip(text, limit)); text != "" {
			s.Lines = append(s.Lines, text)
		}
	}
	if len(s.Lines) > 0 {
		*x = append(*x, s)
	}
}

func (x *explanation) addOutput(o Output, l limits) {
	text, cut := o.Text, o.Cut
	if len(text) > l.output {
		text, cut = strings.ToValidUTF8(text[len(text)-l.output:], ""), true
	}
	all := lines(visible(text))
	if len(all) == 0 {
		return
	}
	if l.lines > 0 && len(all) > l.lines {
		all, cut = all[len(all)-l.lines:], true
	}
	label := strings.TrimSpace(oneLine(o.Process, 80) + " " + oneLine(o.Stream, 20))
	*x = append(*x, section{Label: cmp.Or(label, "Output"), Form: output, Lines: all, More: cut})
}

// did gives the steps, repeated ones once, with the one in which it happened as the last.
func did(e *Evidence) []string {
	list := fold(e.Did)
	if e.Step != "" && !slices.Contains(list, e.Step) {
		list = append(list, "in the step: "+e.Step)
	}
	return list
}

// saw gives what happened, once: a message is the first line of it as a rule.
func saw(r *Result, e *Evidence) []string {
	if strings.Contains(e.Saw, r.Message) {
		return []string{e.Saw}
	}
	return []string{r.Message, e.Saw}
}

// Idea gives where to look, which is nowhere in the subject when it is not to
// blame.
func (r *Result) Idea() string {
	switch r.Verdict {
	case KitError:
		return "This says nothing of the subject. Please report it to ipckit, with the record."
	case KnownFixed:
		return ""
	case Leak:
		if !strings.Contains(r.Rule, "behind") && !strings.Contains(r.Rule, "left") {
			return "Which process made what is left, and on which way out does nothing remove it?"
		}
	}
	if r.Unwritten() {
		return "Write the function that is named there; its comment in the skeleton says what it must do."
	}
	return r.Hint
}

func blocked(e *Evidence) []string {
	var list []string
	for _, b := range e.Blocked {
		text := b.Process
		if b.Operation != "" {
			text += " in " + b.Operation
		}
		text += fmt.Sprintf(", for %s", seconds(b.Seconds))
		if b.Where != "" {
			text += ": " + b.Where
		}
		list = append(list, text)
		for _, thread := range b.Threads {
			list = append(list, fmt.Sprintf("%s, %s", b.Process, thread))
		}
	}
	return list
}

// left gives what was left behind, unless Saw says it already: of a leak it is what
// was seen.
func left(e *Evidence) []string {
	for _, l := range e.Left {
		if !strings.Contains(e.Saw, l) {
			return e.Left
		}
	}
	return nil
}

// ruledOut gives what was looked at and is right, without entries that say that
// nothing was seen: records of version 0.1 have such.
func ruledOut(e *Evidence) []string {
	return slices.DeleteFunc(slices.Clone(e.RuledOut), func(text string) bool { return strings.HasSuffix(text, ": none") })
}

// checks says in which ways the requirement was looked at, and in which not.
func checks(r *Result) []string {
	var list, not []string
	for _, c := range r.Checks {
		if c.Verdict.judged() {
			list = append(list, c.say())
		} else {
			not = append(not, c.what())
		}
	}
	if len(not) > 0 {
		list = append(list, "not run: "+strings.Join(not, ", "))
	}
	return list
}

func (c *Check) say() string {
	text := c.what() + ": " + string(c.Verdict)
	if note := c.note(); note != "" {
		text += " (" + note + ")"
	}
	return text
}

// note is what is noted of a check, or else what it measured.
func (c *Check) note() string {
	if c.Note == "" && c.Measure != nil {
		return c.Measure.value()
	}
	return c.Note
}

func (c *Check) what() string {
	if c.Profile != "" {
		return c.Kind + " of " + c.Profile
	}
	return c.Kind
}

// seconds writes a time with as many digits as are worth reading.
func seconds(s float64) string {
	switch {
	case s < 0.0005:
		return "0 s"
	case s < 0.9995:
		return fmt.Sprintf("%.0f ms", s*1000)
	case s < 9.95:
		return fmt.Sprintf("%.1f s", s)
	case s < 120:
		return fmt.Sprintf("%.0f s", s)
	}
	return fmt.Sprintf("%.0f min", s/60)
}

// lines splits visible text at its newlines, without empty lines at its end.
func lines(text string) []string {
	text = strings.TrimRight(text, "\n \t")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}
