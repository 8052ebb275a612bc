package subject

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ipckit/ipckit/harness/strict"
)

// ClaimsFile is the name of the file that says what a subject claims.
const ClaimsFile = "ipckit.yaml"

// claimsMaximum, in bytes, is far above the size of files written by hand.
const claimsMaximum = 1 << 20

// ReadClaims reads a claims file, or the file ipckit.yaml of a directory. An
// unknown key and a value of the wrong shape are errors that name file, line
// and word. [Claims.Check] checks the meaning of the claims, and
// [Claims.Normalise] fills in defaults.
func ReadClaims(path string) (Claims, error) {
	file, err := claimsFile(path)
	if err != nil {
		return Claims{}, err
	}
	data, err := readLimited(file)
	if err != nil {
		return Claims{}, err
	}
	doc, err := strict.Parse(file, data)
	if err != nil {
		return Claims{}, err
	}
	var c Claims
	if err := doc.Decode(&c); err != nil {
		return Claims{}, err
	}
	c.document = doc
	return c, nil
}

// claimsFile finds the file. It accepts regular files only, since reading others,
// such as a named pipe, may block or never end.
func claimsFile(path string) (string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("%s: no such file or directory; give a directory that holds %s, or that file", path, ClaimsFile)
	}
	if err != nil {
		return "", fmt.Errorf("claims: %w", err)
	}
	file := path
	if info.IsDir() {
		file = filepath.Join(path, ClaimsFile)
		info, err = os.Stat(file)
		if errors.Is(err, fs.ErrNotExist) {
			if packages, _ := filepath.Glob(filepath.Join(path, "*.go")); len(packages) > 0 {
				return "", fmt.Errorf("%s: the directory holds a Go package and no %s; a Go package is checked by its own test, with go test", path, ClaimsFile)
			}
			return "", fmt.Errorf("%s: the directory holds no %s; `ipckit new` writes one to start from", path, ClaimsFile)
		}
		if err != nil {
			return "", fmt.Errorf("claims: %w", err)
		}
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s: want a regular file, this is %s", file, kindOf(info.Mode()))
	}
	return file, nil
}

// kindOf names the type of a file that is not a regular one.
func kindOf(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}

func readLimited(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, claimsMaximum+1))
	if err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	if len(data) > claimsMaximum {
		return nil, fmt.Errorf("%s: larger than 1 MiB, too large for a claims file", file)
	}
	return data, nil
}
