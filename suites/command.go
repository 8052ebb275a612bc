package suites

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"strings"

	"github.com/onsi/ginkgo/v2/types"
)

// ginkgoCommand is the package of Ginkgo's command.
const ginkgoCommand = "github.com/onsi/ginkgo/v2/ginkgo"

// otherGinkgo is an error where this process was started by the Ginkgo command
// of another version than the library that it is linked with. Ginkgo itself only
// warns: the messages between the two may differ, and -p then loses specs.
func otherGinkgo() error {
	info, err := buildinfo.ReadFile(fmt.Sprintf("/proc/%d/exe", os.Getppid()))
	if err != nil {
		return nil // nothing that Go built, or nothing that may be read
	}
	return matching(info)
}

// matching says which command to type in place of one of another version.
func matching(info *buildinfo.BuildInfo) error {
	if info.Path != ginkgoCommand {
		return nil
	}
	version := info.Main.Version
	if info.Main.Path != strings.TrimSuffix(ginkgoCommand, "/ginkgo") { // built in a module that pins it
		version = ""
		for _, d := range info.Deps {
			if d.Path == strings.TrimSuffix(ginkgoCommand, "/ginkgo") {
				version = d.Version
			}
		}
	}
	if strings.TrimPrefix(version, "v") == types.VERSION {
		return nil
	}
	return fmt.Errorf("these specs need version %s of the ginkgo command, and were started by version %q: type `go tool ginkgo` in place of `ginkgo`, which is the version that go.mod pins", types.VERSION, version)
}
