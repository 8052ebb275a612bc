package reexec

import (
	"slices"
	"testing"
)

func TestEnvironmentHasNoVariableTwice(t *testing.T) {
	got := Environment([]string{"A=1", "B=1", "A=2", "AB=1"}, "B=2", "C=")
	if want := []string{"A=2", "AB=1", "B=2", "C="}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
