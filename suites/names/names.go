// Package names holds the names at the edges, which objects of both models are
// given: each is accepted, and then works like any other, or refused; none may
// reach a place outside the name space.
package names

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ipckit/ipckit/harness/check"
)

// A Name is one to try, and what is odd about it.
type Name struct{ What, Name string }

// Base is a name of the world's own, without the slash.
func Base(w *check.World) string { return strings.TrimPrefix(w.ObjectName("n"), "/") }

// Longest has 255 characters after the slash, as many as a file's name.
func Longest(base string) string { return "/" + base + strings.Repeat("x", 255-len(base)) }

// Odd are the names to try. A base that escapes would be the name of a file, see
// [Stays].
func Odd(base string) []Name {
	return []Name{
		{"the longest name, 255 characters after the slash", Longest(base)},
		{"a name one longer than the longest", Longest(base) + "x"},
		{"a name of 5000 characters", "/" + base + strings.Repeat("y", 5000)},
		{"the empty name", ""},
		{"a lone slash", "/"},
		{"a name without a slash", base},
		{"two leading slashes", "//" + base},
		{"a slash inside", "/" + base + "/inner"},
		{"dot", "/."},
		{"dot dot", "/.."},
		{"a way out of the name space", "/../" + base},
		{"a way out of the name space, without a slash", "../" + base},
		{"a long way out of the name space", "/../../tmp/" + base},
		{"letters of many scripts", "/" + base + "-é中🙂"},
		{"spaces and a line feed", "/" + base + " a\nb"},
	}
}

// Outside are the places outside the name space of a subject that keeps the
// object called name, which p has made, somewhere else: one that keeps its objects
// as files of /tmp is at home there.
func Outside(p *check.Process, name string) (places []string) {
	for _, place := range []string{"/dev", "/", "/tmp"} {
		if !there(p, place, strings.TrimPrefix(name, "/")) {
			places = append(places, place)
		}
	}
	return places
}

// Stays fails where p has made a file called base in one of the places outside
// the name space, when it was given the name n.
func Stays(w *check.World, p *check.Process, n Name, base string, outside []string) {
	for _, place := range outside {
		if there(p, place, base) {
			w.Fail("%s, %q, left the name space: %s was made", n.What, n.Name, filepath.Join(place, base))
		}
	}
}

// there reports whether p sees a file of that name in a place.
func there(p *check.Process, place, name string) bool {
	_, err := os.Lstat(filepath.Join(fmt.Sprintf("/proc/%d/root", p.PID()), place, name))
	return err == nil
}
