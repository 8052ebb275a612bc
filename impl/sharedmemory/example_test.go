package sharedmemory_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/ipckit/ipckit/impl/sharedmemory"
)

// Two handles in one process, as they would be in two.
func ExampleBuffer() {
	const name = "/sharedmemory-example"
	producer, err := sharedmemory.CreateBuffer(name, sharedmemory.Shape{Slots: 8, ItemMax: 64})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer producer.Detach()
	defer sharedmemory.UnlinkBuffer(name)

	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, word := range []string{"one", "two", "three"} {
			if err := producer.Put([]byte(word), sharedmemory.Forever); err != nil {
				fmt.Println(err)
			}
		}
		producer.Close()
	}()

	consumer, err := sharedmemory.OpenBuffer(name)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer consumer.Detach()
	item := make([]byte, 64)
	for {
		n, err := consumer.Get(item, sharedmemory.Wait(time.Minute))
		if errors.Is(err, sharedmemory.ErrClosed) {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(string(item[:n]))
	}
	<-done
	// Output:
	// one
	// two
	// three
}

func ExampleCreateOrOpen() {
	const name = "/sharedmemory-example-region"
	region, created, err := sharedmemory.CreateOrOpen(name, 4096)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer region.Close()
	defer sharedmemory.Unlink(name)

	copy(region.Bytes(), "hello")
	fmt.Println(created, region.Size())
	_, err = region.WriteAt([]byte("too far"), 4095)
	fmt.Println(errors.Is(err, sharedmemory.ErrBounds))
	// Output:
	// true 4096
	// true
}
