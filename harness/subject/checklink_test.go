package subject_test

import (
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
)

const linkClaims = `subject: s
agent: ./a
profiles:
  mailbox: {capacity: {items: 8}, item: {max: 64}}
  link:
    item: {min: 1, max: 4KiB}
    framing: stream
    buffering: 64KiB
  network: {}
extended: [LINK-DUPLEX, NET-LINK, NET-MAILBOX]
`

var linkRequirements = []subject.Requirement{
	{ID: "BOX-FIFO", Level: "core", Profiles: []string{"mailbox"}, Checked: true},
	{ID: "LINK-DUPLEX", Level: "extended", Profiles: []string{"link"}, When: "buffering", Checked: true},
	{ID: "NET-LINK", Level: "extended", Profiles: []string{"network"}, When: "link", Checked: true},
	{ID: "NET-MAILBOX", Level: "extended", Profiles: []string{"network"}, When: "mailbox", Checked: true},
}

func TestCheckOfLinks(t *testing.T) {
	for _, tt := range []struct{ old, new, want string }{
		{"", "", ""},
		{"framing: stream", "framing: packets", `:7: profiles.link.framing: "packets" is not known (known: messages, stream)`},
		{"{min: 1, max: 4KiB}", "{max: 4KiB}", `:6: profiles.link.item: a stream has no items of 0 bytes: say min: 1`},
		{"{min: 1, max: 4KiB}", "{min: 1}", `:6: profiles.link.item: missing: say how large an item may be`},
		{"    buffering: 64KiB\n", "", `:9: extended[0]: LINK-DUPLEX needs buffering: SIZE in profile link, which says how much goes in: say so`},
		{"  mailbox: {capacity: {items: 8}, item: {max: 64}}\n", "", `:9: extended[2]: NET-MAILBOX needs profile mailbox beside profile network: say so`},
		{"  link:\n    item: {min: 1, max: 4KiB}\n    framing: stream\n    buffering: 64KiB\n", "", `:6: extended[0]: LINK-DUPLEX belongs to profile link, which is not claimed`},
	} {
		text := strings.Replace(linkClaims, tt.old, tt.new, 1)
		path := write(t, text)
		c, err := subject.ReadClaims(path)
		if err != nil {
			t.Errorf("%q: not even read: %v", tt.new, err)
			continue
		}
		err = c.Check(linkRequirements)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%q was refused: %v", tt.new, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), path+tt.want)):
			t.Errorf("%q:\n got %v\nwant %s", tt.new, err, tt.want)
		}
	}
}

func TestNetworkCarriesSomething(t *testing.T) {
	c := claims(t, "subject: s\nagent: ./a\nprofiles:\n  region: {}\n  network: {}\n")
	err := c.Check(linkRequirements)
	if err == nil || !strings.Contains(err.Error(), "a network carries mailboxes or links") {
		t.Errorf("got %v", err)
	}
}

func TestLinksKeepMessagesUnlessTheySayOtherwise(t *testing.T) {
	for framing, messages := range map[string]bool{"": true, "messages": true, "stream": false} {
		c := subject.Claims{Profiles: subject.Profiles{Link: &subject.LinkProfile{Framing: framing}}}
		if got := c.Promises(subject.ProfileLink, "messages"); got != messages {
			t.Errorf("framing %q keeps messages: %t", framing, got)
		}
		c.Normalise()
		if got := c.Promises(subject.ProfileLink, "messages"); got != messages {
			t.Errorf("framing %q, normalised, keeps messages: %t", framing, got)
		}
	}
}
