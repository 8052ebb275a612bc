// Package requirements is the catalogue: what must hold of an implementation
// of interprocess communication, one YAML file a family.
package requirements

import (
	"embed"

	"github.com/ipckit/ipckit/harness/catalogue"
)

//go:embed *.yaml
var files embed.FS

// Load reads the catalogue that is built into the program.
func Load() (*catalogue.Catalogue, error) { return catalogue.Parse(files) }
