package nearest_test

import (
	"slices"
	"testing"

	"github.com/ipckit/ipckit/harness/nearest"
)

func TestWords(t *testing.T) {
	profiles := []string{"region", "buffer.one-to-one", "buffer.many", "mailbox", "c"}
	for _, tt := range []struct {
		word string
		want []string
	}{
		{"buffer.one-to-many", []string{"buffer.one-to-one"}},
		{"mailbxo", []string{"mailbox"}},
		{"MAILBOX", []string{"mailbox"}},
		{"buffer", []string{"buffer.one-to-one", "buffer.many"}},
		{"regional", []string{"region"}},
		{"xyzzy", nil},
		{"x", nil},
		{"", nil},
	} {
		if got := nearest.Words(tt.word, profiles); !slices.Equal(got, tt.want) {
			t.Errorf("Words(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
}

func TestWordsPutsTheNearestFirst(t *testing.T) {
	got := nearest.Words("BUF-WRAPP", []string{"BUF-DRAIN", "BUF-WAKE", "BUF-WRAP"})
	if len(got) == 0 || got[0] != "BUF-WRAP" {
		t.Errorf("got %q, want BUF-WRAP first", got)
	}
}

func TestHint(t *testing.T) {
	if got, want := nearest.Hint("colse", []string{"close", "cancel"}), "; did you mean close?"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := nearest.Hint("xyzzy", []string{"close"}); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
}
