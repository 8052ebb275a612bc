package protocol

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
)

// A Client is the kit's end of a conversation, apart from how its bytes travel
// and how long an answer may take: it numbers the requests, cuts what the agent
// wrote into lines, and checks each reply against the protocol and against the
// request that it answers. After a [Violation] it is of no more use.
//
// One goroutine may encode requests while another feeds and takes replies.
type Client struct {
	stdio bool

	mu      sync.Mutex
	last    uint64 // id
	waiting map[uint64]Request

	unread   []byte // up to a line and what came behind it
	searched int    // how much of it holds no newline
}

// NewClient begins a conversation over descriptors 3 and 4 of the agent, or over
// its standard input and output.
func NewClient(stdio bool) *Client {
	return &Client{stdio: stdio, waiting: map[uint64]Request{}}
}

// Channels names the agent's descriptors, for messages to its author.
func (c *Client) Channels() (commands, replies string) {
	if c.stdio {
		return "standard input", "standard output"
	}
	return "descriptor 3", "descriptor 4"
}

// Encode gives a request its id, and the line that carries it, with its newline.
// An error means that the request cannot be sent; others can.
func (c *Client) Encode(r Request) (id uint64, line []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r.ID = c.last + 1
	line, err = json.Marshal(r)
	switch {
	case err != nil:
		return 0, nil, err
	case len(line) > MaxLine:
		return 0, nil, fmt.Errorf("the line would have %d bytes and may have %d: send the payload as size and seed", len(line), MaxLine)
	}
	c.last = r.ID
	c.waiting[r.ID] = r
	return r.ID, append(line, '\n'), nil
}

// Feed takes in what the agent wrote, in pieces of any length.
func (c *Client) Feed(piece []byte) { c.unread = append(c.unread, piece...) }

// Next gives the next whole reply that was fed; false where there is none yet.
func (c *Client) Next() (Reply, bool, *Violation) {
	line, whole := c.line()
	switch {
	case !whole && len(c.unread) > MaxLine:
		return Reply{}, false, Violationf("answer with a digest, or with less", "the line is longer than %d bytes", MaxLine).in(c.unread)
	case !whole:
		return Reply{}, false, nil
	case len(line) > MaxLine:
		return Reply{}, false, Violationf("answer with a digest, or with less", "the line is longer than %d bytes", MaxLine).in(line)
	}
	r, v := c.accept(line)
	if v != nil {
		if c.stdio {
			v.Hint += "; standard output belongs to the protocol here: print to standard error, or leave out control: stdio and use descriptors 3 and 4"
		}
		return Reply{}, false, v.in(line)
	}
	return r, true, nil
}

// line cuts the next whole line off; it is valid until the next Feed.
func (c *Client) line() ([]byte, bool) {
	n := bytes.IndexByte(c.unread[c.searched:], '\n')
	if n < 0 {
		c.searched = len(c.unread)
		return nil, false
	}
	n += c.searched
	line := c.unread[:n]
	c.unread, c.searched = c.unread[n+1:], 0
	if len(c.unread) == 0 {
		c.unread = nil // which may have been large
	}
	return line, true
}

// accept checks a reply and crosses its request off.
func (c *Client) accept(line []byte) (Reply, *Violation) {
	r, v := ParseReply(line)
	if v != nil {
		return r, v
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	q, expected := c.waiting[r.ID]
	if !expected {
		return r, c.unexpected(r.ID)
	}
	delete(c.waiting, r.ID)
	return r, r.Answers(q)
}

// unexpected describes a reply that nothing waits for. The caller holds mu.
func (c *Client) unexpected(id uint64) *Violation {
	const hint = "a reply repeats the id of its request, and each request is answered once"
	for waits, q := range c.waiting {
		return Violationf(hint, "the reply has id %d, but %s with id %d is waiting for an answer", id, q.Op, waits)
	}
	if id <= c.last {
		return Violationf(hint, "request %d has been answered already", id)
	}
	return Violationf(hint, "the reply has id %d, but nothing was asked", id)
}

// Pending reports whether something was fed that Next has not given.
func (c *Client) Pending() bool { return len(c.unread) > 0 }

// Half is what there is of a line when no more comes, quoted and cut; "" where
// there is nothing.
func (c *Client) Half() string {
	if len(c.unread) == 0 {
		return ""
	}
	return QuoteLine(c.unread)
}

// Closed is the violation of an agent that closed its reply channel and lives on.
func (c *Client) Closed() *Violation {
	_, replies := c.Channels()
	v := Violationf(fmt.Sprintf("keep %s open until bye", replies), "it closed its reply channel while its process went on")
	if v.Line = c.Half(); v.Line != "" {
		v.Problem = "it closed its reply channel in the middle of a line"
		v.Hint = "end each reply with a newline; " + v.Hint
	}
	return v
}

// Unread is the violation of an agent that closed its command channel and lives
// on; err is what a write gave.
func (c *Client) Unread(err error) *Violation {
	commands, _ := c.Channels()
	return Violationf(fmt.Sprintf("keep %s open until bye", commands), "it closed its command channel while its process went on (%v)", err)
}
