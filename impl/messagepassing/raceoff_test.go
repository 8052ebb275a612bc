//go:build !race

package messagepassing

const raceEnabled = false
