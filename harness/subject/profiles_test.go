package subject_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/subject"
)

func claims(t *testing.T, text string) subject.Claims {
	t.Helper()
	c, err := subject.ReadClaims(write(t, text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNormalise(t *testing.T) {
	c := claims(t, cClaims)
	c.Normalise()
	b, m := c.Profiles.OneToOne, c.Profiles.Mailbox
	if c.Control != "pipes" || c.Profiles.Region.Names != "posix" || c.Profiles.Region.Maximum != 16<<20 {
		t.Errorf("got %+v", c)
	}
	if b.Slots != "N-1" || b.Waiting != "" || b.Empty != "strict" {
		t.Errorf("buffer: got %+v", b)
	}
	if m.Delivery != "at-most-once" || m.Order != "fifo" || m.Waiting != "" {
		t.Errorf("mailbox: got %+v", m)
	}
	if err := c.Check(requirements); err != nil {
		t.Errorf("the defaults contradict the claims: %v", err)
	}
	before, _ := json.Marshal(c)
	c.Normalise()
	if after, _ := json.Marshal(c); string(before) != string(after) {
		t.Errorf("again: got %s, want %s", after, before)
	}
}

func TestNormaliseRegionAndPrograms(t *testing.T) {
	c := claims(t, "subject: s\nagent: ./a\nprofiles:\n  region: {}\n")
	c.Normalise()
	if c.Profiles.Region.Maximum != 64<<20 {
		t.Errorf("got %v, want 64MiB", c.Profiles.Region.Maximum)
	}
	c = claims(t, programClaims)
	c.Normalise()
	p := c.Programs
	if p.Items != 10 || p.Observe.Order != "fifo" || p.Observe.End != "exit" || p.Roles.Consumer.StartedBy != "kit" || c.Control != "" {
		t.Errorf("got %+v, control %q", p, c.Control)
	}
}

func TestClaimed(t *testing.T) {
	c := claims(t, cClaims)
	if got, want := strings.Join(c.Claimed(), " "), "region buffer.one-to-one mailbox"; got != want {
		t.Errorf("claimed: got %s, want %s", got, want)
	}
	if got, want := strings.Join(c.PartialProfiles(), " "), "buffer.one-to-one"; got != want {
		t.Errorf("partial: got %s, want %s", got, want)
	}
	c.Performance = []subject.Performance{{}}
	if got, want := strings.Join(c.Claimed(), " "), "region buffer.one-to-one mailbox performance"; got != want {
		t.Errorf("claimed: got %s, want %s", got, want)
	}
}

// Every profile that can be claimed is one that the catalogue knows.
func TestProfilesAreThoseOfTheCatalogue(t *testing.T) {
	known := map[string]bool{}
	for _, p := range catalogue.Profiles {
		known[p] = true
	}
	all := subject.Claims{Programs: &subject.Programs{}, Performance: []subject.Performance{{}}}
	v := reflect.ValueOf(&all.Profiles).Elem()
	for i := range v.NumField() {
		v.Field(i).Set(reflect.New(v.Field(i).Type().Elem()))
	}
	claimed := all.Claimed()
	if want := v.NumField() + 2; len(claimed) != want {
		t.Errorf("Claimed lists %d of %d profiles: %v", len(claimed), want, claimed)
	}
	for _, p := range claimed {
		if !known[p] {
			t.Errorf("the catalogue does not know profile %s", p)
		}
	}
}

func TestSharing(t *testing.T) {
	c := claims(t, "subject: s\nagent: ./a\nprofiles:\n  region: {lifetime: creator}\n  lock: {handles: process}\n  semaphore: {}\n  word: {}\n")
	c.Normalise()
	for _, tt := range []struct {
		profile, condition string
		want               bool
	}{
		{"region", "object", false}, {"region", "each", true}, {"lock", "object", true}, {"lock", "each", false},
		{"semaphore", "object", true}, {"semaphore", "each", true}, {"word", "each", false}, {"rwlock", "object", false},
	} {
		if got := c.Promises(tt.profile, tt.condition); got != tt.want {
			t.Errorf("%s, condition %q: got %t", tt.profile, tt.condition, got)
		}
	}
	if got, want := strings.Join(c.Waived(), "; "), "region: lifetime: creator; lock: handles: process"; got != want {
		t.Errorf("waived: got %s, want %s", got, want)
	}
	if s := c.Sharing("semaphore"); s.Lifetime != subject.LifetimeObject || s.Handles != subject.HandlesEach {
		t.Errorf("without a word: got %+v", s)
	}
}

func TestPromises(t *testing.T) {
	c, p := claims(t, cClaims), claims(t, programClaims)
	forking := claims(t, programClaims)
	forking.Programs.Roles.Consumer.StartedBy = "producer"
	for _, tt := range []struct {
		claims    *subject.Claims
		profile   string
		condition string
		want      bool
	}{
		{&c, "region", "", true},
		{&c, "buffer.many", "", false},
		{&c, "buffer.one-to-one", "close", true},
		{&c, "buffer.one-to-one", "cancel", false},
		{&c, "mailbox", "close", false},
		{&c, "region", "close", false},
		{&c, "buffer.many", "close", false},
		{&c, "buffer.one-to-one", "mechanism", false},
		{&c, "program", "build", false},
		{&p, "program", "build", false},
		{&p, "program", "mechanism", true},
		{&p, "program", "items", true},
		{&p, "program", "capacity", true},
		{&p, "program", "close", false},
		{&p, "program", "apart", true},
		{&forking, "program", "apart", false},
	} {
		if got := tt.claims.Promises(tt.profile, tt.condition); got != tt.want {
			t.Errorf("%s, condition %q: got %t", tt.profile, tt.condition, got)
		}
	}
}

func TestItemBounds(t *testing.T) {
	for _, tt := range []struct {
		item        subject.Item
		least, most subject.Size
	}{{subject.Item{Fixed: 4}, 4, 4}, {subject.Item{Min: 1, Max: 9}, 1, 9}} {
		if least, most := tt.item.Bounds(); least != tt.least || most != tt.most {
			t.Errorf("%+v: got %d to %d", tt.item, least, most)
		}
	}
}

func TestParseSize(t *testing.T) {
	for text, want := range map[string]subject.Size{"0": 0, "512": 512, "512B": 512, "64KiB": 65536, "16 MiB": 16 << 20, "2GiB": 2 << 30} {
		if got, err := subject.ParseSize(text); err != nil || got != want {
			t.Errorf("%s: got %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "-1", "1.5KiB", "64KB", "9223372036854775807KiB", "KiB"} {
		if got, err := subject.ParseSize(text); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}
