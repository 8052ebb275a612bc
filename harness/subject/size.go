package subject

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
)

// Size is a number of bytes; in a claims file a number without or with a unit: 512,
// 64KiB, 16MiB, 1GiB.
type Size int64

var sizeUnits = []struct {
	suffix string
	bytes  int64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"B", 1}}

// ParseSize reads a size.
func ParseSize(text string) (Size, error) {
	number, unit := strings.TrimSpace(text), int64(1)
	for _, u := range sizeUnits {
		if s, ok := strings.CutSuffix(number, u.suffix); ok {
			number, unit = strings.TrimSpace(s), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/unit {
		return 0, fmt.Errorf("size %q: want a number of bytes such as 4096, 64KiB or 16MiB", text)
	}
	return Size(n * unit), nil
}

// UnmarshalYAML reads a number or a number with a unit.
func (s *Size) UnmarshalYAML(b []byte) error {
	v, err := ParseSize(strings.Trim(strings.TrimSpace(string(b)), `"'`))
	if err != nil {
		return err
	}
	*s = v
	return nil
}

func (s Size) String() string {
	for i := 2; i >= 0; i-- {
		if u := sizeUnits[i]; s != 0 && int64(s)%u.bytes == 0 {
			return fmt.Sprintf("%d%s", int64(s)/u.bytes, u.suffix)
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// Range is an inclusive range of counts or bytes. In a claims file a single
// number means that Min and Max are both that number.
type Range struct {
	Min Size `yaml:"min" json:"min"`
	Max Size `yaml:"max" json:"max"`
}

// Fixed reports whether the range holds one value.
func (r Range) Fixed() bool { return r.Min == r.Max }

// UnmarshalYAML reads a single number, or {min, max} with both given.
func (r *Range) UnmarshalYAML(b []byte) error {
	var both struct{ Min, Max *Size }
	if err := yaml.Unmarshal(b, &both); err == nil {
		if both.Min == nil || both.Max == nil {
			return errors.New("a range needs both ends, such as {min: 1, max: 64}; a single number is fixed")
		}
		*r = Range{Min: *both.Min, Max: *both.Max}
		return nil
	}
	var one Size
	if err := one.UnmarshalYAML(b); err != nil {
		return fmt.Errorf("%w, or a range such as {min: 1, max: 64}", err)
	}
	*r = Range{Min: one, Max: one}
	return nil
}

func (r Range) String() string {
	if r.Fixed() {
		return r.Min.String()
	}
	return r.Min.String() + " to " + r.Max.String()
}
