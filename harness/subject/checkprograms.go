package subject

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ipckit/ipckit/harness/nearest"
)

// Placeholders are the words in braces that commands may hold, see [Role].
var Placeholders = []string{"{items}", "{id}", "{seed}", "{file}"}

// placeholder matches a word in braces; the shell's own ${name} is left alone.
var placeholder = regexp.MustCompile(`\$?\{[A-Za-z_]+\}`)

func (k *checker) programs(p *Programs) {
	k.role("producer", p.Roles.Producer)
	k.role("consumer", p.Roles.Consumer)
	k.count(at("programs", "items"), p.Items)
	k.count(at("programs", "capacity"), p.Capacity)
	k.observe(p)
	k.filled(at("programs", "mechanism", "require"), p.Mechanism.Require)
	k.filled(at("programs", "mechanism", "forbid"), p.Mechanism.Forbid)
	for i, name := range p.Mechanism.Forbid {
		if slices.Contains(p.Mechanism.Require, name) {
			k.bad(at("programs", "mechanism", "forbid", strconv.Itoa(i)), "%s is both required and forbidden: keep one", name)
		}
	}
	k.filled(at("programs", "cleanup", "allow"), p.Cleanup.Allow)
}

func (k *checker) count(place []string, n int) {
	if n < 0 {
		k.bad(place, "want a number above 0, not %d", n)
	}
}

func (k *checker) role(name string, r Role) {
	in := func(key string) []string { return at("programs", "roles", name, key) }
	allowed := []string{"kit"}
	if name == "consumer" {
		allowed = append(allowed, "producer")
	}
	k.word(in("started_by"), r.StartedBy, allowed...)
	if strings.TrimSpace(r.Command) == "" && r.StartedBy != "producer" {
		k.bad(in("command"), "missing: say how the %s is started, such as ./%s {items}", name, name)
	}
	k.placeholders(in("command"), r.Command)
	k.placeholders(in("stdin"), r.Stdin)
	if r.Ready != "" {
		k.compiles(in("ready"), r.Ready)
	}
}

func (k *checker) placeholders(place []string, text string) {
	for _, word := range placeholder.FindAllString(text, -1) {
		if !strings.HasPrefix(word, "$") && !slices.Contains(Placeholders, word) {
			k.bad(place, "unknown placeholder %s%s (known: %s)", word, nearest.Hint(word, Placeholders), strings.Join(Placeholders, ", "))
		}
	}
}

func (k *checker) observe(p *Programs) {
	in := func(key string) []string { return at("programs", "observe", key) }
	o := p.Observe
	generated := strings.Contains(p.Roles.Producer.Command+p.Roles.Producer.Stdin, "{file}")
	switch {
	case o.Produced != "":
		k.group(in("produced"), o.Produced)
	case !generated:
		k.bad(in("produced"), `missing: a pattern for what the producer prints of each item, such as "produced (\d+)" (only a producer that reads {file} needs none)`)
	}
	switch {
	case o.Consumed != "":
		k.group(in("consumed"), o.Consumed)
	case o.File == "":
		k.bad(in("consumed"), `missing: a pattern for what the consumer prints of each item, such as "consumed (\d+)", or the file it writes`)
	}
	k.word(in("order"), o.Order, "fifo", "per-producer", "any")
	k.word(in("end"), o.End, "exit", "kill")
}

// group wants a pattern with exactly one group, the item, beside the one that may
// be named producer.
func (k *checker) group(place []string, pattern string) {
	re := k.compiles(place, pattern)
	if re == nil {
		return
	}
	n := re.NumSubexp()
	if slices.Contains(re.SubexpNames(), "producer") {
		n--
	}
	switch {
	case n == 0:
		k.bad(place, "the pattern %q has no group: put the part that is the item in parentheses", pattern)
	case n > 1:
		k.bad(place, "the pattern %q has %d groups, and which is the item is not clear: write the others as (?:…)", pattern, n)
	}
}

func (k *checker) compiles(place []string, pattern string) *regexp.Regexp {
	re, err := regexp.Compile(pattern)
	if err != nil {
		reason := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		k.bad(place, "the pattern does not compile: %s (the syntax is RE2, which has no look-ahead and no back-references)", reason)
		return nil
	}
	return re
}
