package subject

import (
	"strings"
	"testing"
)

func TestScenariosAreChecked(t *testing.T) {
	requirements := []Requirement{
		{ID: "LOCK-WAKE", Level: "core", Profiles: []string{ProfileLock}, Checked: true},
		{ID: "LOCK-LATER", Level: "core", Profiles: []string{ProfileLock}},
	}
	right := Scenario{Name: "mine", Of: ProfileLock, A: "acquire", B: "acquire", Shows: []string{"LOCK-WAKE"}}
	for say, change := range map[string]func(*Scenario){
		"":                        func(*Scenario) {},
		"name the scenario":       func(s *Scenario) { s.Name = " " },
		"no profile":              func(s *Scenario) { s.Of = ProfileSemaphore },
		"which requirements":      func(s *Scenario) { s.Shows = nil },
		`no requirement "LOCK-"`:  func(s *Scenario) { s.Shows = []string{"LOCK-"} },
		"no check for LOCK-LATER": func(s *Scenario) { s.Shows = []string{"LOCK-LATER"} },
		"want 1 to 4":             func(s *Scenario) { s.Preemptions = 9 },
	} {
		s := right
		change(&s)
		c := Claims{Subject: "x", Profiles: Profiles{Lock: &LockProfile{}}, Scenarios: []Scenario{s}}
		err := c.Check(requirements)
		if (say == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), say) {
			t.Errorf("%+v: %v; want it to say %q", s, err, say)
		}
	}
}
