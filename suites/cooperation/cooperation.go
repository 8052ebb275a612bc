// Package cooperation holds the specs of what processes co-operate for: to
// share information, to be done sooner, and to be made of modules. The kit
// builds a small system of real processes out of what the subject claims, and
// looks at what the system as a whole comes to.
package cooperation

import (
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
)

// Specs registers the COOP family.
func Specs(s *check.Suite) {
	s.It("COOP-SHARE", share)
	s.It("COOP-SPEEDUP", speedUp, check.Kind(catalogue.Performance), check.Once())
	s.It("COOP-MODULE", module, check.Kind(catalogue.Fault))
}
