package adapter

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const pythonPath = "PYTHONPATH="

// Compiled modules, which Python would write beside their sources, are files that
// stay behind.
const noByteCode = "PYTHONDONTWRITEBYTECODE=1"

// placePython puts the kit's modules for Python beside the product, and at the
// end of PYTHONPATH in an environment: a program's own ones come first.
func (a *Adapter) placePython(env []string) ([]string, error) {
	if a.files.Python == nil {
		return env, nil
	}
	dir, err := os.MkdirTemp(a.product, ".ipckit-python-")
	if err != nil {
		return nil, fmt.Errorf("a directory for ipckit.py: %w", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, err
	}
	modules, err := fs.Glob(a.files.Python, "*.py")
	if err != nil {
		return nil, err
	}
	for _, name := range modules {
		text, err := fs.ReadFile(a.files.Python, name)
		if err != nil {
			return nil, err
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return nil, err
		}
		if err := os.Chmod(file, 0o644); err != nil { // whatever the umask
			return nil, err
		}
	}
	env = append(env, noByteCode)
	for i, variable := range env {
		if strings.HasPrefix(variable, pythonPath) && variable != pythonPath {
			env[i] = variable + string(os.PathListSeparator) + dir
			return env, nil
		}
	}
	return append(env, pythonPath+dir), nil
}
