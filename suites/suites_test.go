package suites_test

import (
	"flag"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2"

	"github.com/ipckit/ipckit/impl/kernel"
	"github.com/ipckit/ipckit/impl/reference"
	"github.com/ipckit/ipckit/suites"
)

// TestSuites: the reference passes. Ginkgo's command, or one of its flags, has
// Ginkgo run the specs; plain go test takes the way of Check, which runs several
// at the same time.
func TestSuites(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a world")
	}
	if !byGinkgo() {
		suites.Check(t, reference.Subject(), against...)
		return
	}
	suites.Register(reference.Subject(), against...)
	ginkgo.RunSpecs(t, "ipckit")
}

// against are the subjects with which the reference compares itself.
var against = []suites.Option{
	suites.Baseline("pipe", kernel.Pipe()), suites.Baseline("unix-seqpacket", kernel.UnixSeqpacket()),
}

func byGinkgo() (given bool) {
	flag.Visit(func(f *flag.Flag) { given = given || strings.HasPrefix(f.Name, "ginkgo.") })
	return given
}
