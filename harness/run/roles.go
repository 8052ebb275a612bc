package run

import (
	"fmt"
	"os"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
	"github.com/ipckit/ipckit/harness/host"
	"github.com/ipckit/ipckit/harness/measure/limit"
	"github.com/ipckit/ipckit/harness/ptrace/mechanism"
	"github.com/ipckit/ipckit/harness/puppet"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// A Binary is what the running binary hosts, and so what it can be when it is
// started again in a role.
type Binary struct {
	Suite   func() (Suite, error)                     // reading it takes time that an agent does not have
	Subject func(name string) (subject.Subject, bool) // beside the limits of the machine
	Key     string                                    // the one check that it is asked about, of several in a test binary; "": any
}

// roles is the table of process roles. A main does not return, unless the role
// belongs to another check of this binary.
func (b Binary) roles() map[string]func() error {
	return map[string]func() error{
		world.HolderRole: func() error { world.Hold(); return nil },
		mechanism.Role:   func() error { mechanism.Main(); return nil },
		explore.Role:     func() error { explore.Main(); return nil },
		puppet.Role:      func() error { puppet.Main(); return nil },
		limit.Role:       limit.Main,
		agent.Role:       b.agent,
		Role:             b.runner,
	}
}

// Play is the main of a process that was started in a role.
func (b Binary) Play(role string) error {
	main, ok := b.roles()[role]
	if !ok {
		return fmt.Errorf("%w: unknown role %q in %s; unset it", ErrUsage, role, reexec.RoleVariable)
	}
	return main()
}

func (b Binary) agent() error {
	name := os.Getenv(agent.SubjectVariable)
	s, ok := b.Subject(name)
	if !ok {
		return fmt.Errorf("this binary hosts no subject %q", name)
	}
	host.Main(s)
	return nil
}

func (b Binary) runner() error {
	if p, err := ReadPlan(); err == nil && b.Key != "" && p.Key != b.Key {
		return fmt.Errorf("the plan is of another check: %s", p.Key)
	}
	suite, err := b.Suite()
	if err != nil {
		return err
	}
	Serve(suite)
	return nil
}
