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

// The next owner learns that the last one died while it held the mutex.
func ExampleMutex() {
	const name = "/sharedmemory-example-mutex"
	mutex, err := sharedmemory.CreateMutex(name)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer mutex.Detach()
	defer sharedmemory.UnlinkMutex(name)

	err = mutex.Acquire(sharedmemory.Wait(time.Minute))
	if errors.Is(err, sharedmemory.ErrOwnerDead) {
		fmt.Println("repair the data, then release")
	} else if err != nil {
		fmt.Println(err)
		return
	}
	other, err := sharedmemory.OpenMutex(name)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer other.Detach()
	fmt.Println(other.Acquire(sharedmemory.Never))
	fmt.Println(mutex.Release())
	// Output:
	// time limit passed
	// <nil>
}

// A reader gets the latest record, whole, without waiting for writers.
func ExampleSnapshot() {
	const name = "/sharedmemory-example-snapshot"
	snapshot, err := sharedmemory.CreateSnapshot(name, 64)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer snapshot.Detach()
	defer sharedmemory.UnlinkSnapshot(name)

	for _, record := range []string{"copied", "cut"} {
		if err := snapshot.Publish([]byte(record), sharedmemory.Forever); err != nil {
			fmt.Println(err)
			return
		}
	}
	into := make([]byte, 64)
	n, version, err := snapshot.Read(into)
	fmt.Println(string(into[:n]), version, err)
	// Output:
	// cut 2 <nil>
}
