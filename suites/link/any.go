package link

import (
	"bytes"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

func Any(w *check.World) {
	l := newLinked(w, "server", "client1", "client2", "client3")
	var ends, answers []*check.Link // the clients' and the server's
	for c := 1; c <= 3; c++ {
		answer, end := l.link(c)
		ends, answers = append(ends, end), append(answers, answer)
	}
	server := l.parties[0]
	receive := func() (from int, message []byte) {
		name, message, err := server.BeginReceive(subject.Forever).Message()
		w.Must(err, "receiving from any peer")
		for i, e := range ends {
			if name == e.Party().Name {
				return i, message
			}
		}
		w.Fail("receiving from any peer named %q as the sender, and no peer has that name", name)
		return 0, nil
	}

	w.Step("each client sends; the server names each sender")
	for round := range 4 {
		due := map[int][][]byte{}
		for k := range ends {
			i := (k*2 + round) % len(ends)
			due[i] = append(due[i], l.send(ends[i], 24), l.send(ends[i], 24))
		}
		for range 2 * len(ends) {
			from, got := receive()
			if len(due[from]) == 0 || !bytes.Equal(got, due[from][0]) {
				w.Fail("%s came and was said to be from %s, which has not sent it, or not now", check.Show(got), ends[from].Process().Name())
			}
			due[from] = due[from][1:]
		}
	}
	for i, a := range answers {
		m := l.send(a, 24)
		for k, e := range ends {
			if k != i {
				l.none(e, "where the server's answer was for another")
			}
		}
		l.expect(ends[i], m, "the server's answer")
	}
	_, _, err := server.BeginReceive(subject.Never).Message()
	w.Refused(err, []subject.Kind{subject.Empty}, "receiving from any peer without waiting, after all was received")

	w.Step("the server waits for any client; each in turn wakes it")
	for i, e := range ends {
		call := server.BeginReceive(subject.Forever)
		call.Blocks("receiving from any peer, while none has sent")
		m := l.send(e, 24)
		name, got, err := call.Message()
		w.Must(err, "receiving from any peer")
		if name != e.Party().Name || !bytes.Equal(got, m) {
			w.Fail("client %d sent %s; the server received %s from %q", i+1, check.Show(m), check.Show(got), name)
		}
	}

	// A server that keeps to the order of arrival comes to the quiet client
	// after all that was there before; one that prefers the busy never does.
	const ahead, rounds = 8, 100
	for _, pair := range [][2]int{{0, 2}, {2, 0}, {1, 0}} {
		busy, quiet := ends[pair[0]], ends[pair[1]]
		w.Step("%s always has messages waiting; %s has one", busy.Process().Name(), quiet.Process().Name())
		for range ahead {
			l.send(busy, 24)
		}
		want := l.send(quiet, 24)
		served := false
		for range rounds {
			from, got := receive()
			if from == pair[1] {
				if !bytes.Equal(got, want) {
					w.Fail("%s came from %s, where %s was sent", check.Show(got), quiet.Process().Name(), check.Show(want))
				}
				served = true
				break
			}
			l.send(busy, 24)
		}
		if !served {
			w.Fail("%d messages of %s were received, and the one of %s still waits: it had been sent when %d of them were there", rounds, busy.Process().Name(), quiet.Process().Name(), ahead)
		}
		for err = nil; err == nil; {
			_, _, err = server.BeginReceive(subject.Never).Message()
		}
		w.Refused(err, []subject.Kind{subject.Empty}, "receiving what was left")
	}

	w.Step("a client dies with a message on its way; the others go on")
	m := l.send(ends[1], 24)
	ends[1].Process().Kill()
	if from, got := receive(); from != 1 || !bytes.Equal(got, m) {
		w.Fail("the dead client's last message, %s, did not come, but %s from %s", check.Show(m), check.Show(got), ends[from].Process().Name())
	}
	name, _, err := server.BeginReceive(subject.Forever).Message()
	w.Refused(err, gone, "receiving from any peer after a client's death")
	if name != ends[1].Party().Name {
		w.Fail("the death of %q was reported as that of %q", ends[1].Party().Name, name)
	}
	for _, i := range []int{0, 2} {
		m := l.send(ends[i], 24)
		if from, got := receive(); from != i || !bytes.Equal(got, m) {
			w.Fail("after a client's death %s came from %s where %s was due from %s", check.Show(got), ends[from].Process().Name(), check.Show(m), ends[i].Process().Name())
		}
	}
}
