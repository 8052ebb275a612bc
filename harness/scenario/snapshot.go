package scenario

import (
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// recordSize is long enough to be torn, and short enough for many points.
const recordSize = 24

func snapshotObject(c *subject.Claims) object {
	size := clamp(recordSize, c.Profiles.Snapshot.Record)
	return object{profile: subject.ProfileSnapshot, family: "snapshot", size: size, create: []protocol.Request{
		{Op: protocol.OpSnapshotCreate, Object: "snapshot", Name: "snapshot", ItemMax: &size},
	}}
}

// clamp is the nearest to the wanted size that is claimed.
func clamp(wanted int64, i subject.Item) int64 {
	least, most := i.Bounds()
	return min(max(wanted, int64(least)), int64(most))
}

func snapshots(c *subject.Claims) []Scenario {
	if c.Profiles.Snapshot == nil {
		return nil
	}
	o := snapshotObject(c)
	const published = "publish 1"
	list := o.scenarios(
		sketch{state: "empty", a: "publish 1", b: "read", shows: []string{"SNAP-WHOLE", "SNAP-FRESH"}},
		sketch{state: "published", before: published, a: "publish 2", b: "read", shows: []string{"SNAP-WHOLE", "SNAP-FRESH"}},
		sketch{state: "published", before: published, a: "publish 2", b: "publish 3", observe: "read, B: read", shows: []string{"SNAP-WHOLE", "SNAP-FRESH"}},
		sketch{state: "published", before: published, a: "publish 2, publish 3", b: "read", shows: []string{"SNAP-WHOLE"}},
		sketch{state: "published", before: published, a: "publish 2, publish 3", b: "read, read", shows: []string{"SNAP-FRESH"}},
	)
	if slices.Contains(c.Extended, "SNAP-WRITERDEATH") {
		list = append(list, o.scenarios(sketch{
			state: "published", before: published, a: "publish 2", b: "read", observe: "publish 3, read", deaths: true, shows: []string{"SNAP-WRITERDEATH"},
		})...)
	}
	if slices.Contains(c.Extended, "SNAP-READERS") { // a dead reader is one that is stopped for ever
		list = append(list, o.scenarios(sketch{
			state: "published", before: published, a: "read", b: "publish 2, read", observe: "publish 3, read", deaths: true, shows: []string{"SNAP-READERS"},
		})...)
	}
	return list
}
