package world

import (
	"fmt"
	"os"
	"strings"
)

const (
	puppetRole      = "puppet"
	puppetVariable  = "IPCKIT_TEST_ACT"
	puppetArguments = "IPCKIT_TEST_ARGUMENTS"
)

// acts are what a process of a test can be told to do. The result is its exit
// status.
var acts = map[string]func(args []string) int{
	"say": func(args []string) int { fmt.Println(strings.Join(args, " ")); return 0 },
}

func perform(act string) int {
	f := acts[act]
	if f == nil {
		fmt.Fprintf(os.Stderr, "no act %q\n", act)
		return 99
	}
	return f(strings.Split(os.Getenv(puppetArguments), "\n"))
}
