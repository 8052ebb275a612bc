package messagepassing

import (
	"fmt"
	"strings"
)

// nameMax is the length of the longest name in bytes, slash included: NAME_MAX,
// as for mq_open.
const nameMax = 255

// checkName applies the rules of mq_open(3): a leading slash, then 1 to 254
// bytes without another slash or NUL. "." and ".." are refused as well, lest
// they be taken for paths.
func checkName(name string) error {
	rest, slash := strings.CutPrefix(name, "/")
	switch {
	case !slash, rest == "", rest == ".", rest == "..", strings.ContainsAny(rest, "/\x00"):
		return fmt.Errorf("%w: name %q: want a slash and then at least one character that is not a slash, as in \"/orders\"", ErrInvalid, name)
	case len(name) > nameMax:
		return fmt.Errorf("%w: name of %d bytes: at most %d are allowed", ErrInvalid, len(name), nameMax)
	}
	return nil
}
