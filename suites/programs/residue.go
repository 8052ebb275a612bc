package programs

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/ipckit/ipckit/harness/program"
	"github.com/ipckit/ipckit/harness/ptrace/mechanism"
	"github.com/ipckit/ipckit/harness/world"
)

// residue is what a pair's programs may leave on a host without namespaces, where
// an object does not show which process created it. An object that they open under
// a tracer is theirs, unless it existed before.
type residue struct {
	files  []string
	before map[string]uint64 // inode numbers by path
	queues bool              // the programs may have opened POSIX message queues
}

// learnResidue runs the pair once under a tracer, on a host without namespaces,
// and removes what that run left.
func (p *pair) learnResidue() {
	if p.w.Isolated() {
		return
	}
	r := &residue{before: present()}
	p.w.Step("ran the pair once under a tracer to learn which objects are its own, since this host has no namespaces")
	o, err := program.Run(p.w.Context(), p.w.World, p.dir, p.claims, program.Scenario{Items: p.claims.Items, Seed: p.seeds.Uint64(), Trace: true})
	if err != nil {
		return // the run that is judged will report it
	}
	r.files = mechanism.Files(o.Uses)
	r.queues = o.Untraced != "" || mechanism.Find(o.Uses, "mq_open") != nil
	p.residue = r
	p.w.Cleanup(r.remove)
	p.startAfresh()
}

// present lists POSIX objects with their inode numbers.
func present() map[string]uint64 {
	found := map[string]uint64{}
	for _, dir := range []string{"/dev/shm", "/dev/mqueue"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if info, err := e.Info(); err == nil {
				if st, ok := info.Sys().(*syscall.Stat_t); ok {
					found[filepath.Join(dir, e.Name())] = st.Ino
				}
			}
		}
	}
	return found
}

// left lists the pair's own objects that exist now.
func (r *residue) left() (files []string) {
	if r == nil {
		return nil
	}
	now := present()
	for _, file := range r.files {
		if inode, ok := now[file]; ok && r.before[file] != inode {
			files = append(files, file)
		}
	}
	return files
}

// unused reports whether the programs create no objects of a kind, so that it does
// not matter whether such objects can be seen.
func (r *residue) unused(kind string) bool { return r != nil && kind == world.Queue && !r.queues }

func (r *residue) remove() {
	for _, file := range r.left() {
		_ = os.Remove(file)
	}
}

// objectName is the name that programs use for an object: /dev/shm/sem.full is
// /full.
func objectName(file string) string {
	return "/" + strings.TrimPrefix(filepath.Base(file), "sem.")
}
