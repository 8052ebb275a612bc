package holder

import (
	"errors"
	"fmt"
	"net"
	"runtime"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/message"
)

// hosts are the two hosts of a world. The near one is the holder's own; the far
// one has a network, a /dev/shm, message queues and System V objects of its own,
// and shares files and process ids with the near one. They are joined by a pair
// of virtual Ethernet devices (veth(4)).
type hosts struct {
	near, far end
	work      chan func() // to be done on the thread that lives on the far host
}

// An end is one end of the connection.
type end struct {
	handle   *netlink.Handle // in the host's network namespace
	device   netlink.Link
	other    *net.IPNet       // address of the other end
	hardware net.HardwareAddr // of the other end
}

// noDevice is a hardware address that no device has: a frame that is sent to it
// reaches the other end, which takes no notice. So the connection is cut at once, in both
// directions, and neither side can notice.
var noDevice = net.HardwareAddr{2, 0, 0, 0, 0, 0xff}

// joinHosts makes the far host and the connection.
func joinHosts(l message.Limits) (*hosts, error) {
	h := &hosts{work: make(chan func())}
	settled := make(chan error)
	var space netns.NsHandle
	go func() {
		// Never unlocked: the thread stays on the far host, and ends with the holder.
		runtime.LockOSThread()
		err := settleFar(l, &space)
		settled <- err
		for f := range h.work {
			f()
		}
	}()
	if err := <-settled; err != nil {
		close(h.work)
		return nil, err
	}
	defer space.Close()
	var err error
	if h.near.handle, err = netlink.NewHandle(); err != nil {
		return nil, fmt.Errorf("open a netlink socket: %w", err)
	}
	if h.far.handle, err = netlink.NewHandleAt(space); err != nil {
		return nil, fmt.Errorf("open a netlink socket on the far host: %w", err)
	}
	here, there := net.HardwareAddr{2, 0, 0, 0, 0, 1}, net.HardwareAddr{2, 0, 0, 0, 0, 2}
	attributes := netlink.NewLinkAttrs()
	attributes.Name, attributes.HardwareAddr = "near", here
	err = h.near.handle.LinkAdd(&netlink.Veth{
		LinkAttrs: attributes, PeerName: "far", PeerHardwareAddr: there, PeerNamespace: netlink.NsFd(space),
	})
	if err != nil {
		return nil, fmt.Errorf("make a pair of devices (veth): %w", err)
	}
	if err := h.near.raise("near", message.NearAddress, message.FarAddress, there); err != nil {
		return nil, err
	}
	return h, h.far.raise("far", message.FarAddress, message.NearAddress, here)
}

// settleFar makes the calling thread one of the far host.
func settleFar(l message.Limits, space *netns.NsHandle) (err error) {
	if err := unix.Unshare(unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if err := raiseLoopback(); err != nil {
		return err
	}
	if err := newShm(l.ShmSize); err != nil {
		return fmt.Errorf("mount a file system on the far host's /dev/shm: %w", err)
	}
	// Without a file system of its own it has queues all the same; they cannot
	// be listed.
	_ = mount("mqueue", "/dev/mqueue", "mqueue", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")
	if *space, err = netns.Get(); err != nil {
		return fmt.Errorf("open the far host's network namespace: %w", err)
	}
	return nil
}

// raise gives a device its address, and the other's, which it then never asks for.
func (e *end) raise(name, own, other string, hardware net.HardwareAddr) (err error) {
	if e.device, err = e.handle.LinkByName(name); err != nil {
		return fmt.Errorf("find the device %s: %w", name, err)
	}
	e.other, e.hardware = network(other), hardware
	if err = e.handle.AddrAdd(e.device, &netlink.Addr{IPNet: network(own)}); err != nil {
		return fmt.Errorf("give the device %s its address: %w", name, err)
	}
	if err = e.handle.LinkSetUp(e.device); err != nil {
		return fmt.Errorf("bring the device %s up: %w", name, err)
	}
	return e.aim(hardware)
}

func network(address string) *net.IPNet {
	return &net.IPNet{IP: net.ParseIP(address).To4(), Mask: net.CIDRMask(24, 32)}
}

// aim sends what goes to the other host to a hardware address.
func (e *end) aim(at net.HardwareAddr) error {
	err := e.handle.NeighSet(&netlink.Neigh{
		LinkIndex: e.device.Attrs().Index, State: netlink.NUD_PERMANENT, IP: e.other.IP, HardwareAddr: at,
	})
	if err != nil {
		return fmt.Errorf("set the neighbour %s of the device %s: %w", e.other.IP, e.device.Attrs().Name, err)
	}
	return nil
}

// cut cuts the connection, or heals it. Without two hosts there is none.
func (h *hosts) cut(cut bool) error {
	if h == nil {
		return errors.New("the world has one host: ask for Options.TwoHosts")
	}
	for _, e := range []*end{&h.near, &h.far} {
		at := e.hardware
		if cut {
			at = noDevice
		}
		if err := e.aim(at); err != nil {
			return err
		}
	}
	return nil
}

// on does something on the far host, or where the caller is.
func (h *hosts) on(far bool, do func()) error {
	switch {
	case !far:
		do()
	case h == nil:
		return errors.New("the world has one host: ask for Options.TwoHosts")
	default:
		done := make(chan struct{})
		h.work <- func() { do(); close(done) }
		<-done
	}
	return nil
}
