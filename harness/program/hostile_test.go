package program

import (
	"strings"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

func TestHangReportsWhereEachProcessIsBlocked(t *testing.T) {
	o := observe(t, `test -p fifo || mkfifo fifo; echo "produced 1"; exec 9<>fifo; read x <&9`, `exit 3`, Scenario{})
	if len(o.Hung) != 1 || o.Hung[0].Process != Producer || o.Why == "" {
		t.Fatalf("hung %+v, why %q", o.Hung, o.Why)
	}
	if !strings.Contains(o.Hung[0].Where, "asleep in read(") || !strings.Contains(o.Hung[0].Where, "fifo") {
		t.Errorf("where: %q", o.Hung[0].Where)
	}
	if p := o.Process(Producer); p.Ended {
		t.Errorf("the producer did not end by itself: %+v", p)
	}
	if c := o.Process(Consumer); !c.Ended || c.Exit.Code != 3 {
		t.Errorf("the consumer ended with 3: %+v", c)
	}
	if o.Elapsed > 30*time.Second {
		t.Errorf("a deadlock was reported after %v", o.Elapsed)
	}
}

func TestSpinningProgramIsGivenUpWhenQuiet(t *testing.T) {
	o := observe(t, `while :; do :; done`, `exit 0`, Scenario{Quiet: time.Second})
	if len(o.Hung) != 1 || !strings.Contains(o.Why, "no program printed anything") {
		t.Errorf("hung %+v, why %q", o.Hung, o.Why)
	}
}

func TestFlood(t *testing.T) {
	o := observe(t, `echo "produced 1"; yes`, goodConsumer, Scenario{OutputLimit: 1 << 16})
	if !o.Flooded() || !o.Process(Producer).Flooded || o.Process(Consumer).Flooded {
		t.Errorf("processes %+v", o.Processes)
	}
	for _, out := range o.Outputs {
		if len(out.Text) > tailKept || out.Process == Producer && out.Stream == "stdout" && !out.Cut {
			t.Errorf("%s %s: %d bytes kept, cut %v", out.Process, out.Stream, len(out.Text), out.Cut)
		}
	}
}

func TestGarbage(t *testing.T) {
	o := observe(t, `head -c 100000 /dev/urandom; echo; echo "produced 1"`, `printf 'consumed \377\376\n\0\0\0'`, Scenario{})
	if texts(o.Produced) != "1" || len(o.Consumed) != 1 || o.Consumed[0].Text != "\xff\xfe" {
		t.Errorf("produced %q, consumed %q", texts(o.Produced), texts(o.Consumed))
	}
	for _, out := range o.Outputs {
		if strings.ToValidUTF8(out.Text, "") != out.Text {
			t.Errorf("%s %s holds invalid UTF-8", out.Process, out.Stream)
		}
	}
}

func TestDaemonIsLeft(t *testing.T) {
	w := worldtest.New(t, world.Options{})
	o := observeIn(t, w, scripts(t, `echo "produced 1"; setsid sleep 1000 & exit 0`, `echo "consumed 1"`), Scenario{})
	if len(o.Hung) > 0 || !o.Process(Producer).Ended {
		t.Errorf("a daemon was taken for a hang: %+v", o.Hung)
	}
	found, _ := w.Leftovers(t.Context())
	if len(found) != 1 || found[0].Kind != world.LiveProcess {
		t.Errorf("left: %v, want the daemon only", found)
	}
}
