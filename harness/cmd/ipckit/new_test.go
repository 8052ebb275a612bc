package main

import "testing"

func TestNamed(t *testing.T) {
	for _, x := range []struct{ text, dir, want string }{
		{"subject: my-buffer\n", "some/where/Ring-2", "subject: Ring-2\n"},
		{"package mybuffer", "some/where/Ring-2", "package ring2"},
		{"subject: my-lock", "some/2nd lock", "subject: my-lock"},
		{"a dummy-buffer of my-own", "x", "a dummy-buffer of x"},
	} {
		if got := string(named([]byte(x.text), x.dir)); got != x.want {
			t.Errorf("%q in %s: %q, want %q", x.text, x.dir, got, x.want)
		}
	}
}
