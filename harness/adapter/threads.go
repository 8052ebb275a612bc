package adapter

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Threads is a subject's C code as threads of one process, compiled for
// ThreadSanitizer: a program of the kit's, and a copy of the subject as a library
// for each thread.
type Threads struct {
	Program   string
	Libraries []string
	Env       []string
}

// MostThreads is how many libraries there are: one for the thread that makes
// an object, the others for those that use it.
const MostThreads = 5

// LibraryPrefix begins the file names of the libraries.
const LibraryPrefix = "subject"

// NoSanitizer says why nothing can be compiled for ThreadSanitizer here.
type NoSanitizer struct{ Reason string }

func (e *NoSanitizer) Error() string { return e.Reason }

const (
	threadsSource  = "threads/ipckit_threads.c"
	threadsObject  = ".ipckit-threads"
	threadsLibrary = ".ipckit-subject.so"
)

// led are the calls of the subject that lead to the kit's threads/mapping.h,
// threads/order.h and threads/giveway.h.
func led() []string {
	calls := slices.Clone(plainlyLed)
	for _, bits := range []string{"8", "16", "32", "64"} {
		for _, name := range []string{"store", "exchange", "fetch_add", "fetch_sub", "fetch_and", "fetch_or", "compare_exchange_strong", "compare_exchange_weak"} {
			calls = append(calls, "__tsan_atomic"+bits+"_"+name)
		}
	}
	return calls
}

var plainlyLed = []string{
	"mmap", "mmap64", "munmap", "shmat", "shmdt",
	"semop", "semtimedop", "msgsnd", "msgrcv", "mq_send", "mq_timedsend", "mq_receive", "mq_timedreceive",
	"flock", "fcntl", "fcntl64", "lockf", "fork", "getpid",
	"pthread_mutex_clocklock", "pthread_rwlock_clockrdlock", "pthread_rwlock_clockwrlock", "sem_clockwait",
	"__tsan_atomic_thread_fence",
}

// BuildThreads compiles the subject's C code for ThreadSanitizer. It is called
// in the place of Build, and once. Errors: a *NoSanitizer, a *BuildError, or the
// kit's own.
func (a *Adapter) BuildThreads(ctx context.Context) (Threads, error) {
	if a.product != "" || a.Claims.C == nil {
		return Threads{}, errors.New("adapter: BuildThreads is for C code, and for an adapter that has built nothing yet")
	}
	if err := a.makeProduct(); err != nil {
		return Threads{}, err
	}
	if err := a.build(ctx, a.threads); err != nil {
		return Threads{}, err
	}
	t := Threads{Program: filepath.Join(a.product, path.Base(threadsObject)), Env: environment()}
	for i := range MostThreads {
		t.Libraries = append(t.Libraries, filepath.Join(a.product, libraryName(i)))
	}
	return t, nil
}

func libraryName(i int) string { return fmt.Sprintf("%s%d.so", LibraryPrefix, i) }

// threads compiles the kit's program, which shows whether the compiler has
// ThreadSanitizer, and the subject's library.
func (a *Adapter) threads(ctx context.Context, b *builder) error {
	compiler, err := findCompiler()
	if err != nil {
		return &NoSanitizer{err.Error()}
	}
	claims := a.Claims.C
	if err := b.claimed(claims); err != nil {
		return err
	}
	if err := b.placeSources("threads"); err != nil {
		return err
	}
	sanitized := []string{"-std=gnu11", "-O1", "-g", "-fsanitize=thread"}
	program := slices.Concat(compiler, sanitized, quoted,
		[]string{"-rdynamic", path.Join(kitDir, threadsSource), "-o", threadsObject, "-pthread", "-lrt", "-ldl"})
	var broken *BuildError
	if err := b.run(ctx, strings.Join(program, " "), program); errors.As(err, &broken) {
		return &NoSanitizer{fmt.Sprintf("the compiler %s has no ThreadSanitizer that works: %s", compiler[0], firstLine(broken.Output))}
	} else if err != nil {
		return err
	}
	compiling, linking := divide(withoutSanitizers(claims.Flags))
	library := slices.Concat(compiler, []string{"-Wno-tsan"}, compiling, sanitized, quoted,
		[]string{"-ffile-prefix-map=" + b.dir + "=.", "-fPIC", "-shared", "-Wl,-Bsymbolic"})
	for _, name := range led() {
		library = append(library, "-Wl,--wrap="+name)
	}
	library = slices.Concat(library, sourceArguments(claims), []string{"-o", threadsLibrary}, linking, []string{"-pthread", "-lrt"})
	if err := b.run(ctx, strings.Join(library, " "), library); err != nil {
		return err
	}
	if made, err := b.takeProgram(threadsObject, path.Base(threadsObject)); !made || err != nil {
		return b.fail("", "the compiler reported success, but made no program: %v", err)
	}
	for i := range MostThreads {
		if made, err := b.takeProgram(threadsLibrary, libraryName(i)); !made || err != nil {
			return b.fail("", "the compiler reported success, but made no library of the sources: %v", err)
		}
	}
	return nil
}

// withoutSanitizers leaves out what does not go with ThreadSanitizer in a
// library.
func withoutSanitizers(flags []string) []string {
	return slices.DeleteFunc(slices.Clone(flags), func(f string) bool {
		for _, prefix := range []string{"-fsanitize", "-fno-sanitize", "-static", "-flto", "-fno-pic", "-fno-PIC"} {
			if strings.HasPrefix(f, prefix) {
				return true
			}
		}
		return false
	})
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}
