package program

import (
	"debug/elf"
	"path/filepath"
	"slices"

	"github.com/ipckit/ipckit/harness/subject"
)

// Linked reports whether a program of the pair imports a library function. It is
// for functions that make no system call of their own, such as sem_init and
// pthread_mutex_lock. known is false where it cannot be determined, since a
// program is a script or was linked statically.
func Linked(dir string, p subject.Programs, function string) (linked, known bool) {
	known = true
	for _, role := range []subject.Role{p.Roles.Producer, p.Roles.Consumer} {
		if role.Command == "" {
			continue
		}
		list, ok := words(fill(role.Command, Scenario{}))
		if !ok {
			return false, false
		}
		symbols, err := imports(filepath.Join(dir, list[0]))
		if err != nil || len(symbols) == 0 {
			known = false
			continue
		}
		if slices.ContainsFunc(symbols, func(s elf.ImportedSymbol) bool { return s.Name == function }) {
			return true, true
		}
	}
	return false, known
}

func imports(file string) ([]elf.ImportedSymbol, error) {
	f, err := elf.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return f.ImportedSymbols()
}
