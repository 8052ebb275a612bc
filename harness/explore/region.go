package explore

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// object is what a mapping shows: two mappings of it are the same memory.
type object struct {
	device string
	inode  uint64
}

// mapping is one line of /proc/PID/maps.
type mapping struct {
	low, high, offset uint64
	access            int // PROT_…
	shared, runs      bool
	object
	path string
}

func (m *mapping) holds(address uint64) bool { return m.low <= address && address < m.high }

// readMaps reads the mappings of a process that are shared, hold code or show a
// file.
func readMaps(pid int) ([]mapping, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, err
	}
	var all []mapping
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		// 7f00-7f01 rw-s 00001000 00:1a 77   /dev/shm/ring
		line := s.Text()
		bounds, rest, _ := strings.Cut(line, " ")
		fields := strings.Fields(rest)
		if len(rest) < 4 || len(fields) < 4 || rest[3] != 's' && rest[2] != 'x' && fields[3] == "0" {
			continue
		}
		m := mapping{shared: rest[3] == 's', runs: rest[2] == 'x'}
		low, high, _ := strings.Cut(bounds, "-")
		m.low, _ = strconv.ParseUint(low, 16, 64)
		m.high, _ = strconv.ParseUint(high, 16, 64)
		m.offset, _ = strconv.ParseUint(fields[1], 16, 64)
		m.device = fields[2]
		m.inode, _ = strconv.ParseUint(fields[3], 10, 64)
		m.path = strings.Join(fields[4:], " ")
		for i, bit := range []int{unix.PROT_READ, unix.PROT_WRITE, unix.PROT_EXEC} {
			if rest[i] != '-' {
				m.access |= bit
			}
		}
		all = append(all, m)
	}
	return all, nil
}

// mappings are the shared mappings that the agent made since base, and the
// private ones that show a file.
func (p *party) mappings() (shared, private []mapping, err error) {
	all, err := readMaps(p.pid)
	for _, m := range all {
		switch {
		case !m.shared:
			private = append(private, m)
		case !slices.ContainsFunc(p.base, func(b mapping) bool { return b.low == m.low && b.object == m.object }):
			shared = append(shared, m)
		}
	}
	return shared, private, err
}

// look finds the mappings that there are now. Those that it knew keep the
// protection that they had, which the explorer may have taken away.
func (p *party) look() error {
	found, private, err := p.mappings()
	if err != nil {
		return err
	}
	for i := range found {
		for _, known := range p.regions {
			if known.low == found[i].low && known.object == found[i].object {
				found[i].access = known.access
			}
		}
	}
	p.regions, p.private = found, private
	return nil
}

// region finds the shared mapping that holds an address.
func (p *party) region(address uint64) *mapping {
	for i := range p.regions {
		if p.regions[i].holds(address) {
			return &p.regions[i]
		}
	}
	return nil
}

// protect takes all access to the shared mappings away from a stopped agent, or
// gives it back.
func (p *party) protect(on bool) error {
	if p.protected == on {
		return nil
	}
	for _, m := range p.regions {
		access := m.access
		if on {
			access = unix.PROT_NONE
		}
		// One that is gone meanwhile gives ENOMEM.
		if _, err := p.inject(unix.SYS_MPROTECT, m.low, m.high-m.low, uint64(access)); err != nil {
			return err
		}
	}
	p.protected = on
	return nil
}

// inject makes a stopped thread do one system call, and gives its result. The
// thread must not stand at the entry of one of its own.
func (p *party) inject(number uint64, args ...uint64) (int64, error) {
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
func (p *party) read(address uint64, into []byte) int {
	n, err := unix.Pread(p.memory, into, int64(address))
	if err != nil {
		return 0
	}
	return n
}

func (p *party) write(address uint64, data []byte) {
	_, _ = unix.Pwrite(p.memory, data, int64(address))
}
