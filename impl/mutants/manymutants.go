package mutants

import "github.com/ipckit/ipckit/harness/subject"

var manyMutants = []Mutant{
	{ID: "many-newest-first", Fault: "get takes the newest item", Requirement: "BUF-LINEAR", Verdict: "fail", At: "operations prove it", as: "ring-newest-first"},
	{ID: "many-close-wakes-one", Fault: "close wakes one of those who wait", Requirement: "BUF-CLOSEBLOCKED", Verdict: "timeout", At: "did not come back"},
	{ID: "many-wakes-at-empty", Fault: "wakes one consumer, and only where there was no item before", Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back"},
	{ID: "many-wakes-one", Fault: "one bell for items and for room, and each change wakes one: it may be one of the wrong kind", Requirement: "BUF-WAKE", Verdict: "timeout", At: "did not come back"},
}

// many is a subject of buffers for many producers and consumers alone: rings at
// which all of them take turns.
func many(f fault) subject.Subject {
	return subject.Subject{
		Claims: subject.Claims{
			Subject: "mutant:" + string(f), Version: "1", Language: "Go",
			Profiles: subject.Profiles{Many: &subject.BufferProfile{
				Capacity: subject.Capacity{Items: &subject.Range{Min: 1, Max: 1 << 16}},
				Item:     subject.Item{Max: 1 << 16}, Waiting: "sleep", Empty: "strict", Close: true,
			}},
		},
		Many: turns{rings{f, newRegions(f)}},
	}
}

// turns are rings at which all take turns.
type turns struct{ rings }

func (t turns) Create(name string, s subject.Shape) (subject.Buffer, error) {
	return share(t.rings.create(name, s))
}

func (t turns) Open(name string) (subject.Buffer, error) { return share(t.rings.open(name)) }

func share(r *ring, err error) (subject.Buffer, error) {
	if err != nil {
		return nil, err
	}
	r.shared = true
	return r, nil
}
