package adapter

import (
	"os"
	"slices"
	"strings"
)

// passed are the variables of the kit's environment that a subject and its
// build get: what says where programs and libraries are. Whatever else is in
// the environment, such as keys, is kept from them.
var passed = []string{
	"PATH", "LANG", "LD_LIBRARY_PATH", "PKG_CONFIG_PATH", "CPATH", "LIBRARY_PATH",
	"GOROOT", "JAVA_HOME", "PYTHONPATH", "VIRTUAL_ENV", "TZ",
}

// environment is what a subject gets; a world adds to it.
func environment() []string {
	var env []string
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		// Sanitizers read ASAN_OPTIONS, TSAN_OPTIONS and the like.
		if slices.Contains(passed, name) || strings.HasSuffix(name, "SAN_OPTIONS") {
			env = append(env, variable)
		}
	}
	return env
}
