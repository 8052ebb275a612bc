package source

import (
	"debug/dwarf"
	"debug/elf"
	"debug/gosym"
	"path/filepath"
	"sort"

	"github.com/ipckit/ipckit/harness/ptrace"
)

// A File knows the functions and lines of an executable file.
type File struct {
	segments []elf.ProgHeader
	symbols  []elf.Symbol // functions, by address
	lines    *dwarf.Data
	debugs   bool         // there are lines
	table    *gosym.Table // of a Go program, which has it even without DWARF
}

// Open reads what there is; a file that cannot be read knows nothing.
func Open(path string) *File {
	s := &File{}
	f, err := elf.Open(path)
	if err != nil {
		return s
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD {
			s.segments = append(s.segments, p.ProgHeader)
		}
	}
	if s.table = ptrace.GoTable(f); s.table != nil {
		return s
	}
	s.lines, _ = f.DWARF()
	s.debugs = s.lines != nil && f.Section(".debug_line") != nil
	symbols, _ := f.Symbols()
	dynamic, _ := f.DynamicSymbols()
	for _, symbol := range append(symbols, dynamic...) {
		if elf.ST_TYPE(symbol.Info) == elf.STT_FUNC && symbol.Value != 0 {
			s.symbols = append(s.symbols, symbol)
		}
	}
	sort.Slice(s.symbols, func(i, j int) bool { return s.symbols[i].Value < s.symbols[j].Value })
	return s
}

// Debugs reports whether the file says from which lines it was compiled.
func (s *File) Debugs() bool { return s != nil && (s.table != nil || s.debugs) }

// Place finds an instruction by its offset in the file. Of the file itself it says
// nothing: Module is left to the caller.
func (s *File) Place(offset uint64) (w Place) {
	pc := offset
	for _, segment := range s.segments {
		if segment.Off <= offset && offset < segment.Off+segment.Filesz {
			pc = offset - segment.Off + segment.Vaddr
		}
	}
	if s.table != nil {
		return s.goPlace(pc)
	}
	if i := sort.Search(len(s.symbols), func(i int) bool { return s.symbols[i].Value > pc }) - 1; i >= 0 {
		if symbol := s.symbols[i]; pc < symbol.Value+max(symbol.Size, 1) {
			w.Function = symbol.Name
		}
	}
	w.Source, w.Line = s.lineOf(pc)
	return w
}

// goPlace finds the line of a Go program. Its table has the function that was
// compiled, but the line of what was inlined into it. Where that is of another
// package, such as sync/atomic, the nearest line before it is taken that is not:
// the one of the call.
func (s *File) goPlace(pc uint64) (w Place) {
	file, line, function := s.table.PCToLine(pc)
	if function == nil {
		return w
	}
	first, _, _ := s.table.PCToLine(function.Entry)
	for at := pc; filepath.Dir(file) != filepath.Dir(first) && at > function.Entry; {
		at--
		file, line, _ = s.table.PCToLine(at)
	}
	return Place{Function: function.Name, Source: file, Line: line}
}

// lineOf asks DWARF.
func (s *File) lineOf(pc uint64) (file string, line int) {
	if s.lines == nil {
		return "", 0
	}
	unit, err := s.lines.Reader().SeekPC(pc)
	if err != nil {
		return "", 0
	}
	lines, err := s.lines.LineReader(unit)
	if err != nil || lines == nil {
		return "", 0
	}
	var entry dwarf.LineEntry
	if lines.SeekPC(pc, &entry) != nil || entry.File == nil {
		return "", 0
	}
	return entry.File.Name, entry.Line
}
