package main

import (
	"os/exec"
	"testing"
	"time"
)

func TestRepeatKeepsWhatTheVerdictDependsOn(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		flags checkFlags
		want  string
	}{
		{checkFlags{isolation: "auto", seed: 7}, "ipckit check 'my ring' --only {id} --seed 7"},
		{checkFlags{isolation: "none", kinds: []string{"race", "behaviour"}, patience: 30 * time.Second, budget: time.Minute, seed: 7},
			"ipckit check 'my ring' --only {id} --kinds race,behaviour --isolation none --patience 30s --budget 1m0s --seed 7"},
	} {
		if got := x.flags.repeat("my ring"); got != x.want {
			t.Errorf("got %s, want %s", got, x.want)
		}
	}
}

// TestQuote: a shell gives back what was quoted, and what needs no quotes has
// none.
func TestQuote(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"impl/c/example", "", "it's $HOME; `id` \"x\" *?[a] ~ #", "two\nlines", "ünïcode"} {
		out, err := exec.Command("sh", "-c", "printf %s "+quote(text)).Output()
		if err != nil || string(out) != text {
			t.Errorf("%q came back as %q, %v", text, out, err)
		}
	}
	if got := quote("impl/c/example"); got != "impl/c/example" {
		t.Errorf("got %s, want no quotes", got)
	}
}
