package catalogue_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/subject"
)

func cat(t *testing.T) *catalogue.Catalogue {
	t.Helper()
	family := func(id, model string, rows ...string) *fstest.MapFile {
		text := fmt.Sprintf("family: %s\ntitle: T\nmodel: %s\nrequirements:\n", id, model)
		for _, row := range rows {
			f := strings.Fields(row)
			when := ""
			if len(f) > 3 {
				when = "when: " + f[3] + ", "
			}
			text += fmt.Sprintf("  - {id: %s, level: %s, profiles: [%s], %ssince: '0.1', text: T., source: S, why: W., hint: H., checks: [behaviour]}\n", f[0], f[1], f[2], when)
		}
		return &fstest.MapFile{Data: []byte(text)}
	}
	c, err := catalogue.Parse(fstest.MapFS{
		"reg.yaml": family("REG", "shared-memory", "REG-MAPPED core region", "REG-SIZE core region", "REG-PRIVATE extended region", "REG-NOSYSCALL claim region"),
		"buf.yaml": family("BUF", "shared-memory", "BUF-FIFO core buffer.one-to-one,buffer.many", "BUF-LINEAR core buffer.many",
			"BUF-DRAIN core buffer.one-to-one,buffer.many close", "BUF-SLEEP extended buffer.one-to-one,buffer.many"),
		"box.yaml":  family("BOX", "message-passing", "BOX-FIFO core mailbox", "BOX-MANY extended mailbox"),
		"perf.yaml": family("PERF", "performance", "PERF-LATENCY claim performance", "PERF-TAIL claim performance"),
		"prog.yaml": family("PROG", "programs", "PROG-RUN core program", "PROG-BUILD core program build", "PROG-MECHANISM core program mechanism"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func queues() subject.Claims {
	return subject.Claims{
		Subject: "mine",
		Profiles: subject.Profiles{
			Region:   &subject.RegionProfile{Partial: []string{"REG-SIZE"}},
			OneToOne: &subject.BufferProfile{Close: true, Partial: []string{"BUF-FIFO"}},
			Many:     &subject.BufferProfile{},
		},
		Extended:    []string{"REG-PRIVATE"},
		Performance: []subject.Performance{{Requirement: "PERF-LATENCY"}},
	}
}

// show writes items as ID=status(profiles), with a * where selected.
func show(items []catalogue.Item) map[string]string {
	m := map[string]string{}
	for _, i := range items {
		text := string(i.Status)
		if len(i.Profiles) > 0 {
			text += " in " + strings.Join(i.Profiles, " ")
		}
		if i.Selected {
			text += " *"
		}
		m[i.Requirement.ID] = text
	}
	return m
}

func TestSelectComparesClaims(t *testing.T) {
	items, err := catalogue.Select(cat(t), queues(), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"REG-MAPPED":    "claimed in region *",
		"REG-SIZE":      "excluded",
		"REG-PRIVATE":   "claimed in region *",
		"REG-NOSYSCALL": "not-claimed",
		// left out of one profile, and still claimed in the other
		"BUF-FIFO":   "claimed in buffer.many *",
		"BUF-LINEAR": "claimed in buffer.many *",
		// only one of the two says close
		"BUF-DRAIN":      "claimed in buffer.one-to-one *",
		"BUF-SLEEP":      "not-claimed",
		"BOX-FIFO":       "not-claimed",
		"BOX-MANY":       "not-claimed",
		"PERF-LATENCY":   "claimed in performance *",
		"PERF-TAIL":      "not-claimed",
		"PROG-RUN":       "not-claimed",
		"PROG-BUILD":     "not-claimed",
		"PROG-MECHANISM": "not-claimed",
	}
	got := show(items)
	for id, w := range want {
		if got[id] != w {
			t.Errorf("%s: got %s, want %s", id, got[id], w)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %d items, want %d", len(got), len(want))
	}
}

func TestSelectPrograms(t *testing.T) {
	c := subject.Claims{Subject: "pair", Build: "make", Programs: &subject.Programs{}}
	items, err := catalogue.Select(cat(t), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := show(items)
	for id, want := range map[string]string{
		"PROG-RUN": "claimed in program *", "PROG-BUILD": "claimed in program *", "PROG-MECHANISM": "not-claimed", "REG-MAPPED": "not-claimed",
	} {
		if got[id] != want {
			t.Errorf("%s: got %s, want %s", id, got[id], want)
		}
	}
}

func TestSelectOnly(t *testing.T) {
	for _, tt := range []struct {
		only []string
		want string
	}{
		{[]string{"REG"}, "REG-MAPPED REG-PRIVATE"},
		{[]string{"reg"}, "REG-MAPPED REG-PRIVATE"},
		{[]string{"BUF-LINEAR,PERF"}, "BUF-LINEAR PERF-LATENCY"},
		{[]string{"BUF-LINEAR", " PERF-* "}, "BUF-LINEAR PERF-LATENCY"},
		{[]string{"BUF-*"}, "BUF-FIFO BUF-LINEAR BUF-DRAIN"},
		{[]string{"*-FIFO"}, "BUF-FIFO"},
		{[]string{"shared-memory"}, "REG-MAPPED REG-PRIVATE BUF-FIFO BUF-LINEAR BUF-DRAIN"},
		{[]string{"extended"}, "REG-PRIVATE"},
		{[]string{"claim,extended"}, "REG-PRIVATE PERF-LATENCY"},
		{[]string{"B*"}, "BUF-FIFO BUF-LINEAR BUF-DRAIN"},
	} {
		items, err := catalogue.Select(cat(t), queues(), tt.only)
		if err != nil {
			t.Errorf("%q: %v", tt.only, err)
			continue
		}
		var got []string
		for _, i := range items {
			if i.Selected {
				got = append(got, i.Requirement.ID)
			}
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%q: got %v, want %s", tt.only, got, tt.want)
		}
		if len(items) != len(cat(t).All()) {
			t.Errorf("%q: got %d items: those not asked for are listed too", tt.only, len(items))
		}
	}
}

func TestSelectRefusesWhatMatchesNothing(t *testing.T) {
	for _, tt := range []struct{ only, want string }{
		{"BUF-FIFOO", "--only BUF-FIFOO: no requirement, family, model or level has this name; did you mean BUF-FIFO or BOX-FIFO? (`ipckit list` shows them all)"},
		{"shared-memroy", "--only shared-memroy: no requirement, family, model or level has this name; did you mean shared-memory?"},
		{"LOCK-*", "--only LOCK-*: no requirement"},
		{"REG,,BUF", `--only "REG,,BUF": a pattern is empty`},
		{"", `--only "": a pattern is empty`},
		{"REG-[", "--only REG-[: a pattern holds letters, digits, dashes, * and ?"},
	} {
		_, err := catalogue.Select(cat(t), queues(), []string{tt.only})
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%q:\n got %v\nwant %s", tt.only, err, tt.want)
		}
		if errors.Is(err, catalogue.ErrEmpty) {
			t.Errorf("%q: a wrong pattern is no empty selection", tt.only)
		}
	}
}

func TestEmptySelectionSaysWhy(t *testing.T) {
	for _, tt := range []struct {
		claims subject.Claims
		only   []string
		want   string
	}{
		{queues(), []string{"BOX-FIFO"}, "nothing to check: mine claims region, buffer.one-to-one, buffer.many, performance; of what --only asks for, BOX-FIFO is not claimed"},
		{queues(), []string{"BOX"}, "BOX-FIFO and BOX-MANY are not claimed"},
		{queues(), []string{"PROG,BOX"}, "BOX-FIFO, BOX-MANY and 3 others are not claimed"},
		{queues(), []string{"REG-SIZE,REG-NOSYSCALL"}, "REG-NOSYSCALL is not claimed, REG-SIZE is excluded by partial"},
		{subject.Claims{Subject: "mine"}, nil, "nothing to check: mine claims no profile"},
	} {
		_, err := catalogue.Select(cat(t), tt.claims, tt.only)
		if !errors.Is(err, catalogue.ErrEmpty) || !strings.HasSuffix(err.Error(), tt.want) {
			t.Errorf("%q:\n got %v\nwant %s", tt.only, err, tt.want)
		}
	}
}

// Every condition of the catalogue can be met by some claims; one that nobody
// can meet would leave its requirements unchecked for ever.
func TestConditionsCanBeMet(t *testing.T) {
	all := subject.Claims{
		Build: "make",
		Profiles: subject.Profiles{
			Region: &subject.RegionProfile{}, Word: &subject.WordProfile{}, Lock: &subject.LockProfile{},
			Semaphore: &subject.SemaphoreProfile{Maximum: &subject.Range{Min: 1, Max: 8}},
			Mailbox: &subject.MailboxProfile{
				Capacity: subject.Capacity{Items: &subject.Range{Min: 0, Max: 8}}, Unbounded: true, Order: "priority", Close: true, Cancel: true,
			},
			Link: &subject.LinkProfile{Buffering: 1}, Network: &subject.NetworkProfile{}, Cooperation: &subject.CooperationProfile{},
		},
		Programs: &subject.Programs{
			Roles: subject.Roles{Producer: subject.Role{Command: "./p {items}"}}, Capacity: 4,
			Mechanism: subject.Mechanism{Require: []string{"shm_open"}},
		},
	}
	again := all
	again.Profiles.Mailbox = &subject.MailboxProfile{Delivery: "at-least-once"}
	for _, condition := range subject.Conditions() {
		met := again.Promises(subject.ProfileMailbox, condition)
		for _, profile := range all.Claimed() {
			met = met || all.Promises(profile, condition)
		}
		if !met {
			t.Errorf("condition %s cannot be met", condition)
		}
	}
}

// What a key says in words of its own is claimed without the id; a default is not.
func TestKeysClaim(t *testing.T) {
	cat := &catalogue.Catalogue{Families: []catalogue.Family{{ID: "LOCK", Requirements: []*catalogue.Requirement{
		{ID: "LOCK-SLEEP", Level: catalogue.Extended, Profiles: []string{subject.ProfileLock}, When: "sleep", By: "sleep"},
		{ID: "LOCK-TRY", Level: catalogue.Core, Profiles: []string{subject.ProfileLock}},
	}}}}
	for waiting, want := range map[string]catalogue.Status{"sleep": catalogue.Claimed, "spin": catalogue.NotClaimed, "": catalogue.NotClaimed} {
		claims := subject.Claims{Subject: "mine", Profiles: subject.Profiles{Lock: &subject.LockProfile{Waiting: waiting}}}
		claims.Normalise()
		items, err := catalogue.Select(cat, claims, nil)
		if err != nil || items[0].Status != want {
			t.Errorf("waiting %q: %v, %v; want %s", waiting, items[0].Status, err, want)
		}
	}
}
