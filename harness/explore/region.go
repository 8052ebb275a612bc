package explore

import (
	"slices"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/proc"
)

// kept are the mappings of a process that are shared, hold code or show a file.
func kept(pid int) ([]proc.Mapping, error) {
	all, err := proc.Mappings(pid)
	return slices.DeleteFunc(all, func(m proc.Mapping) bool {
		return !m.Shared && m.Access&unix.PROT_EXEC == 0 && m.Inode == 0
	}), err
}

// mappings are the shared mappings that the agent made since base, and the
// private ones that show a file.
func (p *tracee) mappings() (shared, private []proc.Mapping, err error) {
	all, err := kept(p.pid)
	for _, m := range all {
		switch {
		case !m.Shared:
			private = append(private, m)
		case !slices.ContainsFunc(p.base, func(b proc.Mapping) bool { return b.Low == m.Low && b.Object == m.Object }):
			shared = append(shared, m)
		}
	}
	return shared, private, err
}

// look finds the mappings that there are now. Those that it knew keep the
// protection that they had, which the explorer may have taken away.
func (p *tracee) look() error {
	found, private, err := p.mappings()
	if err != nil {
		return err
	}
	for i := range found {
		for _, known := range p.regions {
			if known.Low == found[i].Low && known.Object == found[i].Object {
				found[i].Access = known.Access
			}
		}
	}
	p.regions, p.private = found, private
	return nil
}

// region finds the shared mapping that holds an address.
func (p *tracee) region(address uint64) *proc.Mapping {
	for i := range p.regions {
		if p.regions[i].Holds(address) {
			return &p.regions[i]
		}
	}
	return nil
}

// protect takes all access to the shared mappings away from a stopped agent, or
// gives it back.
func (p *tracee) protect(on bool) error {
	if p.protected == on {
		return nil
	}
	for _, m := range p.regions {
		access := m.Access
		if on {
			access = unix.PROT_NONE
		}
		// One that is gone meanwhile gives ENOMEM.
		if _, err := p.inject(unix.SYS_MPROTECT, m.Low, m.High-m.Low, uint64(access)); err != nil {
			return err
		}
	}
	p.protected = on
	return nil
}

// inject makes a stopped thread do one system call, and gives its result. The
// thread must not stand at the entry of one of its own.
func (p *tracee) inject(number uint64, args ...uint64) (int64, error) {
	saved, err := p.registers()
	if err != nil {
		return 0, err
	}
	r := saved
	r.call(p.callAt, number, [3]uint64(args))
	if err := p.setRegisters(r); err != nil {
		return 0, err
	}
	if err := p.step(); err != nil {
		return 0, err
	}
	if r, err = p.registers(); err != nil {
		return 0, err
	}
	return r.result(), p.setRegisters(saved)
}

// read reads shared memory of the agent, also what is protected.
func (p *tracee) read(address uint64, into []byte) int {
	n, err := unix.Pread(p.memory, into, int64(address))
	if err != nil {
		return 0
	}
	return n
}

func (p *tracee) write(address uint64, data []byte) {
	_, _ = unix.Pwrite(p.memory, data, int64(address))
}
