package messagepassing_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/ipckit/ipckit/impl/messagepassing"
)

// broker keeps the examples away from the user's own mailboxes.
func broker() (broker messagepassing.Broker, remove func()) {
	dir, err := os.MkdirTemp("", "mp")
	if err != nil {
		log.Fatal(err)
	}
	return messagepassing.Broker{Directory: dir}, func() { _ = os.RemoveAll(dir) }
}

// A mailbox that holds eight messages.
func Example() {
	broker, remove := broker()
	defer remove()
	box, err := broker.Create("/orders", messagepassing.Shape{Capacity: 8})
	if err != nil {
		log.Fatal(err)
	}
	defer box.Detach()
	defer broker.Unlink("/orders")

	if err := box.Send([]byte("two coffees"), messagepassing.Forever); err != nil {
		log.Fatal(err)
	}
	order, err := box.ReceiveMessage(messagepassing.Wait(time.Second))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s, from this process: %t\n", order.Body, order.Sender.PID == os.Getpid())

	_, err = box.ReceiveMessage(messagepassing.Never)
	fmt.Println(errors.Is(err, messagepassing.ErrEmpty), err)
	// Output:
	// two coffees, from this process: true
	// true receive /orders: empty
}

// Capacity zero: sender and receiver meet.
func ExampleMailbox_rendezvous() {
	broker, remove := broker()
	defer remove()
	box, err := broker.Create("/handshake", messagepassing.Shape{Capacity: messagepassing.Rendezvous})
	if err != nil {
		log.Fatal(err)
	}
	defer box.Detach()
	defer broker.Unlink("/handshake")

	fmt.Println(box.Send([]byte("anyone?"), messagepassing.Never))
	sent := make(chan error)
	go func() { sent <- box.Send([]byte("hello"), messagepassing.Forever) }()
	m, err := box.ReceiveMessage(messagepassing.Forever)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(m.Body), <-sent)
	// Output:
	// send /handshake: full
	// hello <nil>
}

// Two endpoints that name each other; in earnest they are two processes.
func ExampleEndpoint() {
	broker, remove := broker()
	defer remove()
	alice, err := broker.Join("/alice")
	if err != nil {
		log.Fatal(err)
	}
	defer alice.Leave()
	bob, err := broker.Join("/bob")
	if err != nil {
		log.Fatal(err)
	}
	defer bob.Leave()

	toBob, err := alice.Link("/bob")
	if err != nil {
		log.Fatal(err)
	}
	if err := toBob.Send([]byte("hello"), messagepassing.Forever); err != nil {
		log.Fatal(err)
	}
	m, err := bob.Receive(messagepassing.Forever) // from any
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s says %s\n", m.Sender.Name, m.Body)
	_, err = broker.Join("/alice")
	fmt.Println(errors.Is(err, messagepassing.ErrExist))
	// Output:
	// /alice says hello
	// true
}
