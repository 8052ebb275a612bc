package main

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed ci/*.yml
var workflows embed.FS

// Workflows that "ipckit new ci" can write.
const (
	forLibrary = "library"
	forCourse  = "course"
)

// workflowPath is where GitHub looks for one.
const workflowPath = ".github/workflows/ipckit.yml"

// newWorkflow writes a workflow into the repository in dir, which may hold
// anything but a workflow of this name.
func newWorkflow(dir, purpose string) error {
	if purpose != forLibrary && purpose != forCourse {
		return usage("new ci --for %q: want %s or %s", purpose, forLibrary, forCourse)
	}
	text, err := workflows.ReadFile("ci/" + purpose + ".yml")
	if err != nil {
		return kitError(err)
	}
	var found []string
	if purpose == forLibrary {
		if found, err = claimed(dir); err != nil {
			return usage("%w", err)
		}
		if len(found) > 0 {
			list, err := json.Marshal(found) // which is YAML too
			if err != nil {
				return kitError(err)
			}
			text = []byte(strings.Replace(string(text), `["."]`, string(list), 1))
		}
	}
	path := filepath.Join(dir, filepath.FromSlash(workflowPath))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return usage("%w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return usage("%s exists already: remove it first", path)
	} else if err != nil {
		return usage("%w", err)
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return usage("%w", err)
	}
	fmt.Println("wrote", path)
	switch {
	case purpose == forCourse:
		fmt.Println("Submissions are directories in submissions/. Put the course's ipckit.yaml at the root of the repository.")
	case len(found) == 0:
		fmt.Println("It checks the directory of the repository itself, where there is no ipckit.yaml yet: add one, or name its directory in the workflow.")
	default:
		fmt.Println("It checks:", strings.Join(found, ", "))
	}
	fmt.Println("Commit it at the root of a repository on GitHub.")
	return nil
}

// claimed finds the directories below dir, in slashes, that hold claims.
func claimed(dir string) (found []string, err error) {
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist) && path == ".":
			return fs.SkipAll // it is about to be made
		case err != nil:
			return err
		case entry.IsDir() && path != "." && (strings.HasPrefix(entry.Name(), ".") || slices.Contains([]string{"vendor", "node_modules", "testdata"}, entry.Name())):
			return fs.SkipDir
		case entry.Name() == "ipckit.yaml" && !entry.IsDir():
			found = append(found, strings.TrimSuffix(strings.TrimSuffix(path, entry.Name()), "/"))
		}
		return nil
	})
	for i := range found {
		if found[i] == "" {
			found[i] = "."
		}
	}
	slices.Sort(found)
	return found, err
}
