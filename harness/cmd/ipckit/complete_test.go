package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// words are what completion offers, without the descriptions.
func words(offers []string, _ cobra.ShellCompDirective) []string {
	var list []string
	for _, offer := range offers {
		word, _, _ := strings.Cut(offer, "\t")
		list = append(list, word)
	}
	return list
}

func TestCompletion(t *testing.T) {
	for _, x := range []struct {
		name string
		got  []string
		want []string
	}{
		{"one id", words(completeRequirements(nil, nil, "BUF-FI")), []string{"BUF-FIFO"}},
		{"in small letters", words(completeRequirements(nil, nil, "buf-fi")), []string{"BUF-FIFO"}},
		{"after a comma", words(completeRequirements(nil, nil, "SEM,BUF-FI")), []string{"SEM,BUF-FIFO"}},
		{"family and ids", words(completeRequirements(nil, nil, "SNA"))[:1], []string{"SNAP"}},
		{"nothing behind an id", words(completeRequirement(nil, []string{"BUF-FIFO"}, "")), nil},
		{"skeletons", words(completeKinds(nil, nil, "")), []string{"c", "ci", "go", "programs", "python"}},
	} {
		if !slices.Equal(x.got, x.want) {
			t.Errorf("%s: got %q, want %q", x.name, x.got, x.want)
		}
	}
}
