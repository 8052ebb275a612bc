//go:build !amd64

package explore

import "errors"

// supported says that this package knows the machine's registers and
// instructions.
const supported = false

const callLength = 4 // bytes of the instruction svc

var errMachine = errors.New("the registers of this machine are not known")

type registers struct{}

func (p *tracee) registers() (registers, error)    { return registers{}, errMachine }
func (p *tracee) setRegisters(registers) error     { return errMachine }
func (r *registers) pc() uint64                    { return 0 }
func (r *registers) sp() uint64                    { return 0 }
func (r *registers) call(_, _ uint64, _ [3]uint64) {}
func (r *registers) result() int64                 { return -1 }
func (r *registers) cancel()                       {}
func (r *registers) again(uint64)                  {}
func (r *registers) count() uint64                 { return 0 }

var olderForks []uint64

func decode(code []byte) instruction { return instruction{} }

var olderQuiet []uint64
