package adapter_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

const shellAgent = `#!/bin/sh
while read -r line <&3; do
	id=${line#*:}; id=${id%%,*}
	case $line in
	*hello*) echo "{\"id\":$id,\"ok\":true,\"protocol\":0,\"subject\":\"$1$(cat data)\"}" >&4 ;;
	*bye*) echo "{\"id\":$id,\"ok\":true}" >&4; exit 0 ;;
	*) echo "{\"id\":$id,\"unsupported\":\"all\"}" >&4 ;;
	esac
done
`

func TestExecutables(t *testing.T) {
	for _, x := range []struct{ name, claims string }{
		{"path", "agent: ./a.sh one"},
		{"interpreter", "agent: sh a.sh one"},
		{"shell", `agent: './a.sh "one"'`},
		{"built", "agent: ./made one\nbuild: cp a.sh made"},
	} {
		t.Run(x.name, func(t *testing.T) {
			a := load(t, place(t, map[string]string{"ipckit.yaml": "subject: s\n" + x.claims + "\n", "a.sh+": shellAgent, "data": "-two"}))
			if a.Way() != "executable agent" {
				t.Errorf("the way in is %q", a.Way())
			}
			agent := begin(t, worldtest.New(t, world.Options{}), build(t, a), "s")
			if said := agent.Hello().Subject; said != "one-two" {
				t.Errorf("it says %q", said)
			}
			if err := agent.Bye(within(t)); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestProgramsAreBuilt(t *testing.T) {
	a := load(t, place(t, map[string]string{
		"ipckit.yaml": "subject: s\nbuild: cp p producer && cp p consumer\nprograms:\n  roles: {producer: {command: ./producer}, consumer: {command: ./consumer}}\n" +
			"  observe: {produced: '(x)', consumed: '(x)'}\n",
		"p+": "#!/bin/sh\n",
	}))
	if l := build(t, a); l.Path != "" || a.Way() != "unmodified programs" {
		t.Errorf("programs give the launcher %+v", l)
	}
	for _, name := range []string{"producer", "consumer"} {
		if info, err := os.Stat(filepath.Join(a.Programs(), name)); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(a.Programs()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after Close what was built is still there: %v", err)
	}
}
