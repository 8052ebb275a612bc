// Package requirements is the catalogue: what must hold for an implementation of
// interprocess communication, one YAML file for each family. The form of a
// requirement is described in harness/catalogue.
package requirements

import (
	"embed"

	"github.com/ipckit/ipckit/harness/catalogue"
)

//go:embed *.yaml
var files embed.FS

// Load returns the catalogue that is embedded in the program.
func Load() (*catalogue.Catalogue, error) { return catalogue.Parse(files) }
