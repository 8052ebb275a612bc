package main

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ipckit/ipckit/harness/run"
)

// repeat is the command that checks one requirement, {id}, of a subject again:
// in the same ways, in worlds of the same kind, as patiently. What was left to
// the kit stays left to it.
func (f checkFlags) repeat(name string) string {
	return fmt.Sprintf("ipckit check %s --only {id}%s --seed %d", quote(name), f.conditions(), f.seed)
}

// conditions are the flags on which it depends what a check can see.
func (f checkFlags) conditions() string {
	var b strings.Builder
	if len(f.kinds) > 0 {
		fmt.Fprintf(&b, " --kinds %s", strings.Join(f.kinds, ","))
	}
	if f.isolation != "auto" {
		fmt.Fprintf(&b, " --isolation %s", f.isolation)
	}
	if f.patience > 0 {
		fmt.Fprintf(&b, " --patience %v", f.patience)
	}
	if f.budget != 0 && f.budget != run.Moment {
		fmt.Fprintf(&b, " --budget %v", f.budget)
	}
	return b.String()
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// quote makes text one word of a shell.
func quote(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
