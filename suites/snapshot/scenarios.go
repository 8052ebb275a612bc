package snapshot

import (
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/scenario"
	"github.com/ipckit/ipckit/harness/subject"
)

// recordSize is long enough to be torn, and short enough for many points.
const recordSize = 24

func object(c *subject.Claims) scenario.Object {
	size := scenario.Clamp(recordSize, c.Profiles.Snapshot.Record)
	return scenario.Object{Profile: subject.ProfileSnapshot, Family: "snapshot", Size: size, Create: []protocol.Request{
		{Op: protocol.OpSnapshotCreate, Object: "snapshot", Name: "snapshot", ItemMax: &size},
	}}
}

// Object is what scenarios of the claims are about.
func Object(c *subject.Claims, profile string) (scenario.Object, bool) {
	if profile != subject.ProfileSnapshot {
		return scenario.Object{}, false
	}
	return object(c), true
}

// Scenarios are the pairs of publishes and reads of one record.
func Scenarios(c *subject.Claims) []scenario.Scenario {
	if c.Profiles.Snapshot == nil {
		return nil
	}
	o := object(c)
	const published = "publish 1"
	list := o.Scenarios(
		scenario.Sketch{State: "empty", A: "publish 1", B: "read", Shows: []string{"SNAP-WHOLE", "SNAP-FRESH"}},
		scenario.Sketch{State: "published", Before: published, A: "publish 2", B: "read", Shows: []string{"SNAP-WHOLE", "SNAP-FRESH"}},
		scenario.Sketch{State: "published", Before: published, A: "publish 2", B: "publish 3", Observe: "read, B: read", Shows: []string{"SNAP-WHOLE", "SNAP-FRESH"}},
		scenario.Sketch{State: "published", Before: published, A: "publish 2, publish 3", B: "read", Shows: []string{"SNAP-WHOLE"}},
		scenario.Sketch{State: "published", Before: published, A: "publish 2, publish 3", B: "read, read", Shows: []string{"SNAP-FRESH"}},
	)
	if slices.Contains(c.Extended, "SNAP-WRITERDEATH") {
		list = append(list, o.Scenarios(scenario.Sketch{
			State: "published", Before: published, A: "publish 2", B: "read", Observe: "publish 3, read", Deaths: true, Shows: []string{"SNAP-WRITERDEATH"},
		})...)
	}
	if slices.Contains(c.Extended, "SNAP-READERS") { // a dead reader is one that is stopped for ever
		list = append(list, o.Scenarios(scenario.Sketch{
			State: "published", Before: published, A: "read", B: "publish 2, read", Observe: "publish 3, read", Deaths: true, Shows: []string{"SNAP-READERS"},
		})...)
	}
	if slices.Contains(c.Extended, "SNAP-EARLYOPEN") {
		list = append(list, o.Missing().Scenarios(scenario.Sketch{
			State: "missing", A: "create", B: "open", Observe: "B: open, B: read, publish 1, B: read, B: publish 2, read", Shows: []string{"SNAP-EARLYOPEN"},
		})...)
	}
	return list
}
