// Package programs holds whole programs as students hand them in, which are
// checked without changing a line: good and broken are one pair each over shared
// memory, service is a client and a server over a message queue, and faults is a
// pair with a fault to choose for each requirement.
package programs

import (
	"embed"
	"io/fs"
)

//go:embed good broken faults service
var files embed.FS

// Good is the correct pair, which also serves as a start for others.
var Good = Pair("good")

// Pairs are the directories of the package, each with its ipckit.yaml.
var Pairs = []string{"good", "broken", "faults", "service"}

// Pair is the directory of one of Pairs.
func Pair(name string) fs.FS {
	f, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // a constant that is no path
	}
	return f
}

// Control is the name, in faults/pair.c, of the fault that is none.
const Control = "NONE"

// Selection is how the claims of faults choose a fault by its name.
func Selection(name string) string { return "${FAULT:-" + name + "}" }
