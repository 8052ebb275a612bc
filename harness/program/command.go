package program

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// InputName is the file, in the programs' directory, that {file} stands for.
// The name is short and relative, since programs copy it into small arrays.
const InputName = "input.txt"

// fill replaces the placeholders of a command or of an input.
func fill(text string, s Scenario) string {
	return strings.NewReplacer(
		"{items}", strconv.Itoa(s.Items),
		"{id}", "1",
		"{seed}", strconv.FormatUint(s.Seed%(1<<31), 10), // fits into an int
		"{file}", InputName,
	).Replace(text)
}

// words splits a command as a shell would, if it needs nothing from a shell but
// quoting. ok is false where it needs more.
func words(command string) (list []string, ok bool) {
	var word strings.Builder
	inWord, quote := false, rune(0)
	for _, r := range command {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == '"' && strings.ContainsRune("$`\\", r):
			return nil, false
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == ' ' || r == '\t' || r == '\n':
			if inWord {
				list = append(list, word.String())
			}
			word.Reset()
			inWord = false
		case strings.ContainsRune("|&;<>()$`\\*?[]#~!{}", r):
			return nil, false
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	if inWord {
		list = append(list, word.String())
	}
	if quote != 0 || len(list) == 0 || strings.Contains(list[0], "=") {
		return nil, false // an unfinished quote, nothing, a variable: the shell reports it
	}
	return list, true
}

// arguments returns what to execute for a command: the program itself where
// possible, so that the process is the program that the author named; else a
// shell.
func arguments(command string, path []string) ([]string, error) {
	list, ok := words(command)
	if !ok {
		return []string{"/bin/sh", "-c", command}, nil
	}
	if strings.Contains(list[0], "/") {
		return list, nil
	}
	for _, dir := range path {
		file := filepath.Join(dir, list[0])
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			list[0] = file
			return list, nil
		}
	}
	return nil, fmt.Errorf("%s: not found in %s; a program in the current directory is named ./%s", list[0], strings.Join(path, ":"), list[0])
}

// searchPath is the PATH of the programs: that of the kit. Where others is true,
// the programs run as another user, and directories that it may not enter are
// left out.
func searchPath(others bool) []string {
	var path []string
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if filepath.IsAbs(dir) && (!others || open(dir)) {
			path = append(path, dir)
		}
	}
	return path
}

// open reports whether every user may enter a directory.
func open(dir string) bool {
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode()&0o001 == 0 {
			return false
		}
		if dir == "/" {
			return true
		}
	}
}

// ErrNotBuilt says that the program of a role does not exist or cannot be
// executed.
var ErrNotBuilt = errors.New("not built")

// Built returns an error that wraps ErrNotBuilt if the program that a command
// names by a relative path is not in the directory or cannot be executed.
// Commands that are looked up in PATH or need a shell are not checked.
func Built(dir, role, command string) error {
	list, ok := words(fill(command, Scenario{}))
	if !ok || !strings.Contains(list[0], "/") || filepath.IsAbs(list[0]) {
		return nil
	}
	info, err := os.Stat(filepath.Join(dir, list[0]))
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("%w: the %s's program %s does not exist after the build", ErrNotBuilt, role, list[0])
	case err != nil:
		return fmt.Errorf("%w: %w", ErrNotBuilt, err)
	case !info.Mode().IsRegular() || info.Mode()&0o111 == 0:
		return fmt.Errorf("%w: the %s's program %s is not executable (chmod +x)", ErrNotBuilt, role, list[0])
	}
	return nil
}

// owner returns the user and group of a file; -1 where unknown.
func owner(info os.FileInfo) (uid, gid int) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid), int(st.Gid)
	}
	return -1, -1
}
