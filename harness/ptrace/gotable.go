package ptrace

import (
	"debug/elf"
	"debug/gosym"
	"fmt"
)

// GoTable reads the function table of a Go program, which it has even without
// debugging information; nil where it is no Go program.
func GoTable(f *elf.File) *gosym.Table {
	text := f.Section(".text")
	for _, name := range []string{".gopclntab", ".data.rel.ro.gopclntab"} {
		section := f.Section(name)
		if section == nil || text == nil {
			continue
		}
		data, err := section.Data()
		if err != nil {
			continue
		}
		if table, err := gosym.NewTable(nil, gosym.NewLineTable(data, text.Addr)); err == nil {
			return table
		}
	}
	return nil
}

// IsGo reports whether a process runs a Go program, whose run-time has threads of its
// own.
func IsGo(pid int) bool {
	f, err := elf.Open(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return false
	}
	defer f.Close()
	return f.Section(".go.buildinfo") != nil
}
