package sharedmemory

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

func mustSnapshot(t *testing.T, recordMax int, options ...Option) *Snapshot {
	t.Helper()
	s, err := CreateSnapshot(freshName(t), recordMax, options...)
	return attached(t, s, err)
}

func TestSnapshotPublishesAndReads(t *testing.T) {
	t.Parallel()
	for _, size := range []int{-1, 1<<30 + 1} {
		_, err := CreateSnapshot(freshName(t), size)
		wantError(t, err, ErrInvalid)
	}
	s := mustSnapshot(t, 10)
	reader, err := OpenSnapshot(s.Name(), ReadOnly())
	wantError(t, err, nil)
	detachAtEnd(t, reader)
	into := make([]byte, 10)
	_, _, err = reader.Read(into)
	wantError(t, err, ErrEmpty)
	wantError(t, reader.Publish(nil, Forever), ErrPermission)
	wantError(t, s.Publish(make([]byte, 11), Forever), ErrTooLarge)
	for i, text := range []string{"", "a", "0123456789", "b", "", "five", "six", "seven"} {
		wantError(t, s.Publish([]byte(text), Forever), nil)
		n, version, err := reader.Read(into)
		if err != nil || string(into[:n]) != text || version != uint64(i+1) {
			t.Fatalf("read %q, version %d, %v; expected %q, %d", into[:n], version, err, text, i+1)
		}
	}
	_, _, err = reader.Read(into[:4])
	wantError(t, err, ErrTooLarge)
	wantError(t, reader.Detach(), nil)
	_, _, err = reader.Read(into)
	wantError(t, err, ErrInvalid)
	wantError(t, s.Publish(nil, Never), nil)
}

// record is a record that shows whether it is torn: all its bytes are the same,
// and their number depends on them.
func record(i int) []byte { return bytes.Repeat([]byte{byte(i)}, 2000+i%251) }

func wholeRecord(b []byte) error {
	if len(b) == 0 || !bytes.Equal(b, bytes.Repeat(b[:1], len(b))) || (len(b)-2000)%251 != len(b)-2000 {
		return fmt.Errorf("torn record of %d bytes", len(b))
	}
	return nil
}

// partPublish publishes records until it is killed.
func partPublish(arguments []string) error {
	s, err := OpenSnapshot(arguments[0])
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		if err := s.Publish(record(i), Forever); err != nil {
			return err
		}
		if i == 0 {
			fmt.Println("ready")
		}
	}
}

func TestSnapshotStaysWholeWhenWritersDie(t *testing.T) {
	t.Parallel()
	s := mustSnapshot(t, 4000)
	into := make([]byte, 4000)
	last := uint64(0)
	for range 30 {
		processes := []*process{start(t, "publish", s.Name()), start(t, "publish", s.Name())}
		for _, p := range processes {
			p.expect("ready")
		}
		end := time.Now().Add(time.Duration(rand.IntN(4000)) * time.Microsecond)
		check := func() {
			n, version, err := s.Read(into)
			if err := errors.Join(err, wholeRecord(into[:n])); err != nil {
				t.Fatal(err)
			}
			if version < last {
				t.Fatalf("version %d after %d", version, last)
			}
			last = version
		}
		for time.Now().Before(end) {
			check()
		}
		for _, p := range processes {
			p.kill()
		}
		check()
		wantError(t, s.Publish(record(1), Forever), nil)
		check()
	}
	if last < 60 {
		t.Fatalf("%d records were published in all", last)
	}
}
