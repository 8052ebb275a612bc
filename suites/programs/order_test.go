package programs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
)

// fixed is a pair of scripts that take no number of items.
func fixed(items int, observe, producer, consumer string) func(string) error {
	return func(dir string) error {
		claims := fmt.Sprintf(`
subject: scripts
programs:
  roles: {producer: {command: "/bin/sh producer.sh"}, consumer: {command: "/bin/sh consumer.sh"}}
  items: %d
  observe: {%s, consumed: '^consumed (\S+)$'}
`, items, observe)
		for name, text := range map[string]string{"producer.sh": producer, "consumer.sh": consumer, subject.ClaimsFile: claims} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o644); err != nil {
				return err
			}
		}
		return nil
	}
}

const (
	// two producers print each item a while before they put it
	several = `mkfifo fifo 2>/dev/null; exec 9>fifo
for p in 1 2; do for i in 1 2 3 4; do echo "produced $p-$i"; sleep 0.0$((p * i)); echo "$p-$i" >&9; done & done; wait`
	endless = `mkfifo fifo 2>/dev/null; exec 9>fifo
i=0; while :; do i=$((i+1)); echo "produced $i"; echo "$i" >&9; sleep 0.01; done`
	stack = `mkfifo fifo 2>/dev/null; tac fifo | while read x; do echo "consumed $x"; done`
)

func TestOrderAndEnd(t *testing.T) {
	const (
		perProducer = `produced: '^produced (\S+)$', order: per-producer`
		killed      = `produced: '^produced (\S+)$', end: kill`
	)
	swapped := `mkfifo fifo 2>/dev/null
while read x; do read y; echo "consumed $y"; echo "consumed $x"; done <fifo`
	for _, c := range []struct {
		name                        string
		items                       int
		observe, producer, consumer string
		requirement                 string
		verdict                     reports.Verdict
		says                        string
	}{
		{"several producers", 8, perProducer, several, consumer, "PROG-ORDER", reports.Pass, ""},
		{"several producers and a stack", 8, perProducer, several, stack, "PROG-ORDER", reports.Fail, "of its producer is"},
		{"several producers with numbers alone", 8, perProducer, strings.ReplaceAll(several, "$p-$i", "$p$i"), consumer, "PROG-ORDER", reports.Skipped, "which producer made them"},
		{"several producers, named", 8, `produced: '^produced ((?P<producer>\d)\d)$', order: per-producer`, strings.ReplaceAll(several, "$p-$i", "$p$i"), stack, "PROG-ORDER", reports.Fail, "was next"},
		{"one item", 1, `produced: '^produced (\S+)$'`, strings.ReplaceAll(producer, "$1", "1"), consumer, "PROG-ORDER", reports.Skipped, "one item alone"},
		{"an endless pair ends", 4, killed, endless, consumer, "PROG-RUN", reports.Pass, ""},
		{"an endless pair's items arrive", 4, killed, endless, consumer, "PROG-CONTENT", reports.Pass, ""},
		{"an endless pair in order", 4, killed, endless, consumer, "PROG-ORDER", reports.Pass, ""},
		{"an endless pair swaps", 4, killed, endless, swapped, "PROG-ORDER", reports.Fail, "was next"},
		{"an endless pair loses an item", 4, killed, endless, strings.ReplaceAll(consumer, "do echo", "do [ $x = 3 ] || echo"), "PROG-CONTENT", reports.Fail, "Missing: 1 item (3)"},
		{"an endless pair repeats an item", 4, killed, endless, strings.ReplaceAll(consumer, "do echo", `do [ $x != 9 ] || echo "consumed 2"; echo`), "PROG-CONTENT", reports.Fail, "more than once: 2"},
		{"a producer that stops and hangs", 4, killed, strings.ReplaceAll(producer, "$1", "4") + "; mkfifo other; exec 8<>other; read x <&8", consumer, "PROG-RUN", reports.Timeout, "asleep"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := checked(t, fixed(c.items, c.observe, c.producer, c.consumer), c.requirement)[c.requirement]
			if r.Verdict != c.verdict || !strings.Contains(r.Message, c.says) {
				t.Errorf("%s, want %s with %q\n%s", r.Verdict, c.verdict, c.says, check.Explain(r))
			}
		})
	}
}
