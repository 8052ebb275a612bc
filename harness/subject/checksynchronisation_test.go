package subject_test

import (
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
)

const syncClaims = `subject: s
agent: ./a
profiles:
  region: {}
  word: {}
  lock: {waiting: sleep}
  semaphore: {maximum: {min: 1, max: 100}}
  rwlock: {waiting: spin}
  snapshot: {record: {min: 1, max: 4KiB}}
extended: [LOCK-SLEEP, SEM-OVERFLOW]
`

var syncRequirements = []subject.Requirement{
	{ID: "REG-MAPPED", Level: "core", Profiles: []string{"region"}, Checked: true},
	{ID: "WORD-ADD", Level: "core", Profiles: []string{"word"}, Checked: true},
	{ID: "LOCK-SLEEP", Level: "extended", Profiles: []string{"lock"}, When: "sleep", Checked: true},
	{ID: "RW-SLEEP", Level: "extended", Profiles: []string{"rwlock"}, When: "sleep", Checked: true},
	{ID: "SEM-OVERFLOW", Level: "extended", Profiles: []string{"semaphore"}, When: "maximum", Checked: true},
	{ID: "SNAP-WHOLE", Level: "core", Profiles: []string{"snapshot"}, Checked: true},
	{ID: "BOX-FIFO", Level: "core", Profiles: []string{"mailbox"}, Checked: true},
	{ID: "COOP-SHARE", Level: "core", Profiles: []string{"cooperation"}, Checked: true},
}

func TestCheckOfSynchronisation(t *testing.T) {
	for _, tt := range []struct{ old, new, want string }{
		{"", "", ""},
		{"  region: {}\n", "", `:4: profiles.word: words lie in regions, and profile region is not claimed: claim it too`},
		{"waiting: sleep", "waiting: asleep", `:6: profiles.lock.waiting: "asleep" is not known; did you mean sleep?`},
		{"waiting: sleep", "waiting: spin", `:10: extended[0]: LOCK-SLEEP needs waiting: sleep in profile lock: say so, or take it out`},
		{"LOCK-SLEEP", "RW-SLEEP", `:10: extended[0]: RW-SLEEP needs waiting: sleep in profile rwlock`},
		{"{min: 1, max: 100}", "{min: 9, max: 8}", `:7: profiles.semaphore.maximum: the range is upside down: min 9 is above max 8`},
		{"{min: 1, max: 100}", "0", `:7: profiles.semaphore.maximum: a semaphore counts to 1 at least: it is 0`},
		{"{maximum: {min: 1, max: 100}}", "{}", `:10: extended[1]: SEM-OVERFLOW needs maximum: VALUE in profile semaphore`},
		{"{min: 1, max: 4KiB}", "{min: 1}", `:9: profiles.snapshot.record: missing: say how large a record may be`},
		{"{min: 1, max: 4KiB}", "{fixed: 8, max: 4KiB}", `:9: profiles.snapshot.record.fixed: records are of one size (fixed) or between two (min, max), never both: keep one`},
	} {
		text := strings.Replace(syncClaims, tt.old, tt.new, 1)
		path := write(t, text)
		c, err := subject.ReadClaims(path)
		if err != nil {
			t.Errorf("%q: not even read: %v", tt.new, err)
			continue
		}
		err = c.Check(syncRequirements)
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%q was refused: %v", tt.new, err)
		case tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), path+tt.want)):
			t.Errorf("%q:\n got %v\nwant %s", tt.new, err, tt.want)
		}
	}
}

func TestCheckOfCooperation(t *testing.T) {
	const nothing = "there is nothing to co-operate through"
	for profiles, want := range map[string]string{
		"  region: {}\n":               nothing,
		"  lock: {}\n":                 nothing,
		"  region: {}\n  lock: {}\n":   "",
		"  region: {}\n  rwlock: {}\n": "",
		"  mailbox: {capacity: {items: 8}, item: {max: 64}}\n": "",
	} {
		c := claims(t, "subject: s\nagent: ./a\nprofiles:\n  cooperation: {}\n"+profiles)
		err := c.Check(syncRequirements)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: got %v, want %q", profiles, err, want)
		}
	}
}

func TestNormaliseSynchronisation(t *testing.T) {
	c := claims(t, "subject: s\nagent: ./a\nprofiles:\n  lock: {}\n  semaphore: {}\n  rwlock: {}\n")
	c.Normalise()
	p := c.Profiles
	if p.Lock.Waiting != "" || p.RWLock.Waiting != "" || p.Semaphore.Waiting != "" || p.Semaphore.Maximum.Max != 32767 {
		t.Errorf("got %+v %+v %+v", p.Lock, p.Semaphore, p.RWLock)
	}
}
