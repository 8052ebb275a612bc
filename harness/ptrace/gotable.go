package ptrace

import (
	"debug/elf"
	"debug/gosym"
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
