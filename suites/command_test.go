package suites

import (
	"debug/buildinfo"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/onsi/ginkgo/v2/types"
)

// TestGinkgoOfAnotherVersion: it is refused with the command to type; the pinned
// one, and whatever is no Ginkgo, is not.
func TestGinkgoOfAnotherVersion(t *testing.T) {
	const library = "github.com/onsi/ginkgo/v2"
	pinned := "v" + types.VERSION
	for _, c := range []struct {
		what    string
		info    buildinfo.BuildInfo
		refused bool
	}{
		{"the pinned version", buildinfo.BuildInfo{Path: ginkgoCommand, Main: debug.Module{Path: library, Version: pinned}}, false},
		{"an older one", buildinfo.BuildInfo{Path: ginkgoCommand, Main: debug.Module{Path: library, Version: "v2.0.0"}}, true},
		{"the pinned one, built in a module", buildinfo.BuildInfo{Path: ginkgoCommand, Main: debug.Module{Path: "example.org/m"}, Deps: []*debug.Module{{Path: library, Version: pinned}}}, false},
		{"an older one, built in a module", buildinfo.BuildInfo{Path: ginkgoCommand, Main: debug.Module{Path: "example.org/m"}, Deps: []*debug.Module{{Path: library, Version: "v2.0.0"}}}, true},
		{"go test", buildinfo.BuildInfo{Path: "cmd/go", Main: debug.Module{Path: "cmd"}}, false},
	} {
		err := matching(&c.info)
		if (err != nil) != c.refused {
			t.Errorf("%s: %v; refused must be %v", c.what, err, c.refused)
		}
		if err != nil && !strings.Contains(err.Error(), "go tool ginkgo") {
			t.Errorf("%s: %v does not say what to type", c.what, err)
		}
	}
}
