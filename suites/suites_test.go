package suites_test

import (
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/ipckit/ipckit/impl/reference"
	"github.com/ipckit/ipckit/suites"
)

func TestSuites(t *testing.T) {
	suites.Register(reference.Subject())
	RegisterFailHandler(Fail)
	RunSpecs(t, "ipckit")
}
