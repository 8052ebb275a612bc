package adapter

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/subject"
)

const (
	headerName = "ipckit.h"
	shimSource = "shim/ipckit_shim.c"
	agentName  = "agent"

	// In the copy of the subject's directory.
	kitDir      = ".ipckit" // for the shim
	shimObject  = ".ipckit-shim.o"
	agentObject = ".ipckit-agent"
)

// compilers are tried in this order where CC does not name one.
var compilers = []string{"cc", "gcc", "clang"}

// compile compiles the subject's C files and the shim into an agent.
func (b *builder) compile(ctx context.Context) error {
	compiler, err := findCompiler()
	if err != nil {
		return b.fail("", "%v", err)
	}
	claims := b.adapter.Claims.C
	if err := b.claimed(claims); err != nil {
		return err
	}
	shim, err := b.adapter.shim(ctx, compiler)
	if err != nil {
		return err
	}
	if err := b.place(shimObject, shim); err != nil {
		return err
	}
	all := slices.Concat(compiler, agentArguments(claims))
	if err := b.run(ctx, strings.Join(all, " "), all); err != nil {
		return err
	}
	return b.takeAgent()
}

// quoted adds the subject's directory to where headers in quotes are looked
// for. Those in angle brackets are the system's, even if the subject has a
// semaphore.h of its own.
var quoted = []string{"-iquote", "."}

func agentArguments(c *subject.C) []string {
	compiling, linking := divide(c.Flags)
	return slices.Concat([]string{"-std=gnu11", "-O2", "-g", "-Wall"}, compiling, quoted, sourceArguments(c),
		[]string{shimObject, "-o", agentObject}, linking, []string{"-pthread", "-lrt"})
}

// sourceArguments are the subject's sources, and where its headers are.
func sourceArguments(c *subject.C) (args []string) {
	for _, header := range c.Headers {
		if dir := path.Dir(header); dir != "." {
			args = append(args, "-I"+dir)
		}
	}
	for _, source := range c.Sources {
		source = path.Clean(source)
		if strings.HasPrefix(source, "-") {
			source = "./" + source
		}
		args = append(args, source)
	}
	return args
}

// findCompiler finds the C compiler, perhaps with arguments, as in "ccache gcc".
func findCompiler() ([]string, error) {
	if words := strings.Fields(os.Getenv("CC")); len(words) > 0 {
		found, err := exec.LookPath(words[0])
		if err != nil {
			return nil, fmt.Errorf("no C compiler: CC is %q, and %w", os.Getenv("CC"), err)
		}
		return append([]string{found}, words[1:]...), nil
	}
	for _, name := range compilers {
		if found, err := exec.LookPath(name); err == nil {
			return []string{found}, nil
		}
	}
	return nil, fmt.Errorf("no C compiler: none of %s is in PATH; install one (apt install gcc libc6-dev), or set CC",
		strings.Join(compilers, ", "))
}

// claimed checks that what the claims name is there.
func (b *builder) claimed(c *subject.C) error {
	if err := b.allExist("c.sources", c.Sources); err != nil {
		return err
	}
	return b.allExist("c.headers", c.Headers)
}

// allExist checks that the files that a key of the claims names are there.
func (b *builder) allExist(key string, names []string) error {
	for _, name := range names {
		if err := b.exists(name); err != nil {
			return b.fail("", "%s: %v", key, err)
		}
	}
	return nil
}

// exists checks that a file of the claims is in the subject's directory.
func (b *builder) exists(name string) error {
	root, err := os.OpenRoot(b.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	info, err := root.Stat(name)
	switch {
	case !filepath.IsLocal(name):
		return fmt.Errorf("%s lies outside the directory of the claims file, %s: put it inside", name, b.adapter.Dir)
	case err != nil:
		return fmt.Errorf("%s does not exist in %s", name, b.adapter.Dir)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: want a file, this is %s", name, info.Mode().Type())
	}
	return nil
}

// placeKit puts the header where every source finds it, in the place of a copy
// that may be old, and the shim where none does.
func (b *builder) placeKit() error {
	files := b.adapter.files.FS
	text, err := fs.ReadFile(files, headerName)
	if err != nil {
		return fmt.Errorf("the kit's files for C: %w", err)
	}
	if err := b.place(headerName, text); err != nil {
		return err
	}
	return b.placeSources("shim")
}

// placeSources puts a directory of the kit's own where no source of the
// subject's finds it.
func (b *builder) placeSources(dir string) error {
	files := b.adapter.files.FS
	return fs.WalkDir(files, dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		return b.place(path.Join(kitDir, name), text)
	})
}

// general are the flags that must hold for the whole program, such as -m32 or
// -fsanitize=address. Warnings, definitions and the language's version are
// meant for the subject's own code.
func general(flags []string) (list []string) {
	for _, f := range flags {
		for _, prefix := range []string{"-f", "-m", "-O", "-g", "-pthread", "-static"} {
			if strings.HasPrefix(f, prefix) {
				list = append(list, f)
				break
			}
		}
	}
	return list
}

// divide separates the flags that name libraries, which count only after the
// files that need them.
func divide(flags []string) (compiling, linking []string) {
	for _, f := range flags {
		if strings.HasPrefix(f, "-l") || strings.HasPrefix(f, "-Wl,") {
			linking = append(linking, f)
		} else {
			compiling = append(compiling, f)
		}
	}
	return compiling, linking
}

// itemMax is the largest item of all that is claimed: the shim gets items into
// memory of that size.
func (a *Adapter) itemMax() (most int64) {
	p := a.Claims.Profiles
	if p.OneToOne != nil {
		_, size := p.OneToOne.Item.Bounds()
		most = max(most, int64(size))
	}
	if p.Many != nil {
		_, size := p.Many.Item.Bounds()
		most = max(most, int64(size))
	}
	if p.Snapshot != nil {
		_, size := p.Snapshot.Record.Bounds()
		most = max(most, int64(size))
	}
	if p.Mailbox != nil {
		_, size := p.Mailbox.Item.Bounds()
		most = max(most, int64(size))
	}
	if p.Link != nil {
		_, size := p.Link.Item.Bounds()
		most = max(most, int64(size))
	}
	return min(most, 1<<30)
}

// takeAgent copies the agent alone to where it is executed from.
func (b *builder) takeAgent() error {
	if made, err := b.takeProgram(agentObject, agentName); !made || err != nil {
		return b.fail("", "the compiler reported success, but made no program: look in c.flags for one that turns linking off, such as -c, or names another output")
	}
	return nil
}

// takeProgram copies a file that can be executed, and reports whether there is
// one.
func (b *builder) takeProgram(object, name string) (made bool, err error) {
	root, err := os.OpenRoot(b.dir)
	if err != nil {
		return false, err
	}
	defer root.Close()
	info, err := root.Lstat(object)
	if err != nil || info.Mode()&0o111 == 0 { // an object file is no program
		return false, err
	}
	c := &copier{limits: b.adapter.limits, only: b.world.User(), give: nobody}
	return c.file(root, object, filepath.Join(b.adapter.product, name))
}
