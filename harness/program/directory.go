package program

import (
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/ipckit/ipckit/harness/world"
)

// maxCopy bounds the bytes that are copied from a directory of programs.
const maxCopy = 256 << 20

// Prepare copies a directory of built programs into a world, where they may
// write without touching the originals, and returns the path of the copy, a new
// one at each call. The copy has a name of the kit, so that files in it do not
// count as leftovers: many programs write their result to a file.
func Prepare(w *world.World, built string) (dir string, err error) {
	dir, err = os.MkdirTemp(w.Dir(), ".ipckit-programs-")
	if err != nil {
		return "", err
	}
	info, err := os.Stat(w.Dir())
	if err != nil {
		return "", err
	}
	uid, gid := owner(info)
	var copied int64
	err = filepath.WalkDir(built, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(built, path)
		if err != nil {
			return err
		}
		target := filepath.Join(dir, relative)
		switch {
		case d.IsDir() && d.Name() == ".git":
			return fs.SkipDir
		case relative == ".":
			err = os.Chmod(dir, 0o755)
		case d.IsDir():
			err = os.Mkdir(target, 0o755)
		case d.Type() == fs.ModeSymlink:
			var to string
			if to, err = os.Readlink(path); err == nil {
				err = os.Symlink(to, target)
			}
		case d.Type().IsRegular():
			err = copyFile(path, target, &copied)
		default:
			return nil // pipes and sockets cannot be copied
		}
		if err == nil {
			err = os.Lchown(target, uid, gid)
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("copy the programs in %s: %w", built, err)
	}
	return dir, nil
}

func copyFile(from, to string, copied *int64) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	if *copied += info.Size(); *copied > maxCopy {
		return fmt.Errorf("the directory holds more than %d MiB; it should hold the programs only", maxCopy>>20)
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, info.Mode().Perm()|0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		_ = out.Close()
		return err
	}
	return out.Close()
}

// lines makes n unpredictable lines of lower-case letters and digits. All are
// different, and none is the beginning of another.
func lines(n int, seed uint64) []string {
	random := rand.New(rand.NewPCG(seed, uint64(n)))
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789"
	list := make([]string, n)
	for i := range list {
		word := make([]byte, 6+random.IntN(10))
		for j := range word {
			word[j] = letters[random.IntN(len(letters))]
		}
		list[i] = fmt.Sprintf("%s-%d.", word, i+1)
	}
	return list
}

// place writes a file into the programs' directory. Since the programs may write
// there, anything at that name is removed first, and links are not followed.
func place(dir, name, content string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	if err := root.RemoveAll(name); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(f, content); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// fetch reads a file that the programs wrote, up to limit bytes. It follows no
// link out of their directory, since the kit may read files that they may not.
func fetch(dir, name string, limit int64) (content string, cut bool, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", false, err
	}
	defer func() { _ = root.Close() }()
	info, err := root.Stat(name)
	if err != nil {
		return "", false, err
	}
	if !info.Mode().IsRegular() {
		return "", false, fmt.Errorf("%s is not a regular file", name)
	}
	f, err := root.Open(name)
	if err != nil {
		return "", false, err
	}
	defer func() { _ = f.Close() }()
	var text strings.Builder
	n, err := io.Copy(&text, io.LimitReader(f, limit+1))
	return text.String(), n > limit, err
}
