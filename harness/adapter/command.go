package adapter

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// command is what to execute for an agent. A path in it is relative to the
// claims file.
func (a *Adapter) command() ([]string, error) {
	fail := func(format string, args ...any) ([]string, error) {
		return nil, (&builder{adapter: a}).fail("", "agent: "+format, args...)
	}
	words := strings.Fields(a.Claims.Agent)
	if len(words) == 0 {
		return fail("names no program")
	}
	program := words[0]
	switch {
	case strings.ContainsAny(a.Claims.Agent, "'\"\\$`|&;<>()*?[]#~!{}="):
		// What needs a shell gets one, which the agent then takes the place of.
		return []string{"/bin/sh", "-c", "exec " + a.Claims.Agent}, nil
	case !strings.Contains(program, "/"):
		found, err := Find(program)
		var unusable *Unusable
		switch {
		case errors.As(err, &unusable) && unusable.Found == "":
			return fail("%v; a program of your own is named ./%s", err, program)
		case err != nil:
			return fail("%v", err)
		}
		words[0] = found
		return words, nil
	case filepath.IsAbs(program):
		words[0] = program
	case !filepath.IsLocal(program):
		return fail("%s lies outside the directory of the claims file, %s: put it inside, or give its whole path", program, a.Dir)
	default:
		words[0] = filepath.Join(a.product, program)
	}
	info, err := os.Stat(words[0])
	built := ""
	if a.Claims.Build != "" {
		built = " after the build"
	}
	switch {
	case err != nil && filepath.IsAbs(program):
		return fail("%v", err)
	case err != nil:
		return fail("there is no %s in %s%s", program, a.Dir, built)
	case !info.Mode().IsRegular():
		return fail("%s is no file but %s", program, info.Mode().Type())
	case info.Mode()&0o111 == 0:
		return fail("%s is there%s, but cannot be executed (chmod +x %s)", program, built, program)
	}
	return words, nil
}
