package messagepassing

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"
)

// roles are what child processes can run. All take the broker's directory and a
// mailbox's name first.
var roles = map[string]func(args []string) error{
	"hold":    holdRole,
	"send":    sendRole,
	"receive": receiveRole,
	"heir":    heirRole,
	"take":    takeRole,
	"echo":    echoRole,
	"talker":  talkerRole,
	"link":    linkRole,
	"raw":     rawRole,
}

func openArgs(args []string) (*Mailbox, error) {
	return Broker{Directory: args[0]}.Open(args[1])
}

// holdRole creates an owned mailbox, prints a line and sleeps.
func holdRole(args []string) error {
	m, err := Broker{Directory: args[0]}.Create(args[1], Shape{Capacity: 4, Owned: true})
	if err != nil {
		return err
	}
	fmt.Println("created", os.Getpid())
	time.Sleep(watchdog)
	return m.Detach()
}

// sendRole sends count messages of 16 bytes: sender and number.
func sendRole(args []string) error {
	m, err := openArgs(args)
	if err != nil {
		return err
	}
	sender, _ := strconv.ParseUint(args[2], 10, 64)
	count, _ := strconv.ParseUint(args[3], 10, 64)
	fmt.Println("ready")
	for i := range count {
		var b [16]byte
		binary.LittleEndian.PutUint64(b[:], sender)
		binary.LittleEndian.PutUint64(b[8:], i)
		if err := m.Send(b[:], Forever); err != nil {
			return err
		}
	}
	return m.Detach()
}

// receiveRole prints "sender number" of each message until the mailbox is
// closed.
func receiveRole(args []string) error {
	m, err := openArgs(args)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	for {
		got, err := m.ReceiveMessage(Forever)
		if errors.Is(err, ErrClosed) {
			fmt.Println("end")
			return m.Detach()
		}
		if err != nil {
			return err
		}
		fmt.Println(binary.LittleEndian.Uint64(got.Body), binary.LittleEndian.Uint64(got.Body[8:]))
	}
}
