package suites_test

import (
	"testing"

	"github.com/onsi/ginkgo/v2"

	"github.com/ipckit/ipckit/impl/reference"
	"github.com/ipckit/ipckit/suites"
)

func TestSuites(t *testing.T) {
	suites.Register(reference.Subject())
	ginkgo.RunSpecs(t, "ipckit")
}
