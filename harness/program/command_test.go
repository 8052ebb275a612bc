package program

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestWords(t *testing.T) {
	for command, want := range map[string][]string{
		"./producer 10 7":          {"./producer", "10", "7"},
		"  ./p   'two words' \"\"": {"./p", "two words", ""},
		"java -cp . Producer":      {"java", "-cp", ".", "Producer"},
		"./a < in":                 nil,
		"./a && ./b":               nil,
		"./a $HOME":                nil,
		"N=3 ./a":                  nil,
		"./a 'unfinished":          nil,
		"":                         nil,
	} {
		got, ok := words(command)
		if ok != (want != nil) || !reflect.DeepEqual(got, want) && want != nil {
			t.Errorf("words(%q) = %q, %v; want %q", command, got, ok, want)
		}
	}
}

func TestFill(t *testing.T) {
	got := fill("{items} {id} {seed} {file}", Scenario{Items: 3, Seed: 1<<31 + 5})
	if got != "3 1 5 "+InputName {
		t.Errorf("got %q", got)
	}
}

func TestBuilt(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "text"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "good"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]string{
		"./good {items}": "", "python3 x.py": "", "/bin/true": "", "./missing | cat": "",
		"./missing 3": "does not exist", "./text": "is not executable",
	} {
		err := Built(dir, Producer, command)
		if want == "" && err != nil || want != "" && (!errors.Is(err, ErrNotBuilt) || !strings.Contains(err.Error(), want)) {
			t.Errorf("Built(%q) = %v, want %q", command, err, want)
		}
	}
}

func TestLinesAreDifferent(t *testing.T) {
	a, b := lines(200, 1), lines(200, 2)
	seen := map[string]bool{}
	for _, line := range append(a, b...) {
		if seen[line] {
			t.Fatalf("%q occurs twice", line)
		}
		seen[line] = true
	}
	if !reflect.DeepEqual(a, lines(200, 1)) {
		t.Error("the same seed gave different lines")
	}
}

func TestFetchFollowsNoLinkOut(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "result")); err != nil {
		t.Fatal(err)
	}
	if text, _, err := fetch(dir, "result", 100); err == nil {
		t.Errorf("read %q through a link", text)
	}
	if err := place(dir, "result", "mine"); err != nil {
		t.Fatal(err)
	}
	if text, _ := os.ReadFile(outside); string(text) != "secret" {
		t.Errorf("a file was written through a link: %q", text)
	}
	if text, cut, err := fetch(dir, "result", 2); err != nil || !cut || text != "min" {
		t.Errorf("fetch = %q, %v, %v", text, cut, err)
	}
}

func TestLinked(t *testing.T) {
	dir := compiled(t, map[string]string{"producer": `
		#include <semaphore.h>
		int main(void) { sem_t s; return sem_init(&s, 1, 0); }`})
	p := pair("", "")
	p.Roles.Producer.Command, p.Roles.Consumer.Command = "./producer 3", ""
	if linked, known := Linked(dir, p, "sem_init"); !linked || !known {
		t.Errorf("sem_init: linked %v, known %v", linked, known)
	}
	if linked, known := Linked(dir, p, "pthread_mutex_lock"); linked || !known {
		t.Errorf("pthread_mutex_lock: linked %v, known %v", linked, known)
	}
	p.Roles.Producer.Command = "/bin/sh x"
	if _, known := Linked(dir, p, "sem_init"); known {
		t.Error("known is true for a script")
	}
}
