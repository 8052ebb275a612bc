package puppet

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/host"
	"github.com/ipckit/ipckit/harness/protocol"
)

// A puppet stands between the kit and a correct host: it passes on what is
// said, and misbehaves at the operation that was named.
type puppet struct {
	behaviour Behaviour
	operation string
	in, out   *os.File

	mu    sync.Mutex
	asked map[uint64]string // request id → operation
}

func (p *puppet) serve() error {
	commands, inner := io.Pipe()
	go func() { inner.CloseWithError(p.listen(inner)) }()
	return host.Serve(p.subject(), commands, p)
}

// due reports whether an operation is the one to misbehave in.
func (p *puppet) due(op string) bool {
	if p.operation != "" {
		return op == p.operation
	}
	switch p.behaviour {
	case LieProtocol, LieSubject, LieVersion, LieThread:
		return op == protocol.OpHello
	case NeverIdle:
		return op == protocol.OpStatus
	case NoBye:
		return op == protocol.OpBye
	}
	return !protocol.IsControl(op)
}

// listen passes commands on.
func (p *puppet) listen(inner io.Writer) error {
	lines := bufio.NewReader(p.in)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil && p.behaviour == CloseCommands {
			time.Sleep(10 * time.Minute) // the process goes on
		}
		if err != nil {
			return err
		}
		if p.behaviour == Transcript {
			fmt.Fprintf(os.Stderr, "> %s", line)
		}
		var r protocol.Request
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		p.mu.Lock()
		p.asked[r.ID] = r.Op
		p.mu.Unlock()
		if p.due(r.Op) && !p.act() {
			continue
		}
		if _, err := inner.Write(line); err != nil {
			return err
		}
	}
}

// act is what it does when the command comes. It reports whether the command
// is to be carried out then.
func (p *puppet) act() bool {
	switch p.behaviour {
	case Silent:
		return false
	case NoBye:
		os.Exit(0)
	case Exit:
		os.Exit(3)
	case Segfault:
		die(unix.SIGSEGV)
	case CloseCommands:
		_ = p.in.Close()
		_ = unix.Close(0)
	case Print:
		p.print()
	case Daemon:
		p.daemon()
	case KillAll:
		killAll()
	case FillShm:
		fillShm()
	case Gigabyte:
		printGigabyte()
	}
	return true
}

// Write passes on one reply, or says something else.
func (p *puppet) Write(line []byte) (int, error) {
	var r protocol.Reply
	if err := json.Unmarshal(line, &r); err != nil {
		return 0, err
	}
	p.mu.Lock()
	op := p.asked[r.ID]
	delete(p.asked, r.ID)
	p.mu.Unlock()
	if p.behaviour == Transcript {
		fmt.Fprintf(os.Stderr, "< %s", line)
	}
	if !p.due(op) {
		return p.out.Write(line)
	}
	return len(line), p.say(line, r)
}

// say writes what the behaviour makes of a reply.
func (p *puppet) say(line []byte, r protocol.Reply) error {
	text := string(line)
	id := fmt.Sprintf(`"id":%d`, r.ID)
	switch p.behaviour {
	case Garbage:
		text = "Segmentation fault (just kidding) \x00\xff\n"
	case WrongID:
		text = strings.Replace(text, id, fmt.Sprintf(`"id":%d`, r.ID+1000), 1)
	case WrongType:
		text = strings.Replace(text, id, fmt.Sprintf(`"id":"%d"`, r.ID), 1)
	case BothAnswers:
		text = fmt.Sprintf(`{%s,"ok":true,"error":"full"}`+"\n", id)
	case NoContent, AlwaysOK:
		text = fmt.Sprintf("{%s,\"ok\":true}\n", id)
	case UnknownKind:
		text = fmt.Sprintf(`{%s,"error":"EAGAIN"}`+"\n", id)
	case Refuse:
		text = fmt.Sprintf(`{%s,"unsupported":"everything"}`+"\n", id)
	case NeverIdle:
		text = fmt.Sprintf(`{%s,"ok":true,"state":"busy","busy":"buffer.put"}`+"\n", id)
	case Twice:
		text += text
	case LieProtocol, LieSubject, LieVersion, LieThread:
		text = p.lie(r)
	case LongLine:
		text = fmt.Sprintf(`{%s,"ok":true,"text":"%s"}`+"\n", id, strings.Repeat("a", protocol.MaxLine))
	case HalfLine:
		_, err := p.out.WriteString(text[:len(text)/2])
		p.closeReplies()
		return err
	case HalfAndDie:
		_, _ = p.out.WriteString(text[:len(text)/2])
		die(unix.SIGKILL)
	case CloseReplies:
		p.closeReplies()
		return nil
	case Drip:
		return p.drip(text)
	case Flood:
		for {
			if _, err := p.out.WriteString(text); err != nil {
				return err
			}
		}
	}
	_, err := p.out.WriteString(text)
	return err
}

// lie changes what hello says.
func (p *puppet) lie(r protocol.Reply) string {
	switch p.behaviour {
	case LieProtocol:
		r.Protocol = new(protocol.Version + 7)
	case LieSubject:
		r.Subject = "another"
	case LieVersion:
		r.Version = "99.9"
	case LieThread:
		r.Thread = new(1 << 29)
	}
	text, err := json.Marshal(r)
	if err != nil {
		panic(err) // a reply that was read can be written
	}
	return string(text) + "\n"
}

func (p *puppet) drip(text string) error {
	for i := range len(text) {
		if _, err := p.out.WriteString(text[i : i+1]); err != nil {
			return err
		}
		time.Sleep(3 * time.Millisecond)
	}
	return nil
}

// closeReplies closes the channel but not the process.
func (p *puppet) closeReplies() {
	_ = p.out.Close()
	_ = unix.Close(1)
}
