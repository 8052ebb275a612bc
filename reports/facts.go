package reports

import (
	"fmt"
	"strings"
)

// fact is something about a run that a reader may need to repeat or compare it.
type fact struct{ Name, Value string }

// facts lists what is known of the run, without what is empty.
func (h *Header) facts() []fact {
	s := &h.Subject
	var list []fact
	add := func(name, value string) {
		if value = strings.TrimSpace(value); value != "" {
			list = append(list, fact{name, value})
		}
	}
	add("subject", s.Name)
	add("subject version", s.Version)
	add("way in", s.Way)
	add("language", s.Language)
	add("path", s.Path)
	add("profiles", strings.Join(s.Profiles, ", "))
	add("claimed in part", strings.Join(s.Partial, ", "))
	add("waived", strings.Join(s.Waived, "; "))
	add("selection", strings.Join(h.Selection, ", "))
	add("not run", h.omitted())
	add("command", h.Command)
	add("seed", fmt.Sprint(h.Seed))
	add("ipckit", h.Kit)
	add("catalogue", h.Suite)
	add("host", h.Host)
	add("kernel", h.Kernel)
	add("architecture", h.Arch)
	if h.CPUs > 0 {
		add("processors", fmt.Sprint(h.CPUs))
	}
	add("Go", h.Go)
	add("began", timestamp(h.Time))
	return list
}
