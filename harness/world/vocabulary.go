package world

import (
	"github.com/ipckit/ipckit/harness/world/holder"
	"github.com/ipckit/ipckit/harness/world/message"
)

// What kit and holder say to each other about a world.
type (
	Limits       = message.Limits
	Exit         = message.Exit
	Capability   = message.Capability
	Capabilities = message.Capabilities
	Leftover     = message.Leftover
	Unseen       = message.Unseen
)

// Names of capabilities.
const (
	UserNamespace    = message.UserNamespace
	MountNamespace   = message.MountNamespace
	IPCNamespace     = message.IPCNamespace
	PIDNamespace     = message.PIDNamespace
	NetworkNamespace = message.NetworkNamespace
	OwnDev           = message.OwnDev
	OwnShm           = message.OwnShm
	OwnQueues        = message.OwnQueues
	OwnProc          = message.OwnProc
	OwnTmp           = message.OwnTmp
	Loopback         = message.Loopback
	TwoHosts         = message.TwoHosts
	UnprivilegedUser = message.UnprivilegedUser
	Ptrace           = message.Ptrace
	Pidfd            = message.Pidfd
	Processors       = message.Processors
	QueueLimits      = message.QueueLimits
)

// Kinds of leftovers.
const (
	SharedMemory     = message.SharedMemory
	Semaphore        = message.Semaphore
	Queue            = message.Queue
	SystemVMemory    = message.SystemVMemory
	SystemVSemaphore = message.SystemVSemaphore
	SystemVQueue     = message.SystemVQueue
	LiveProcess      = message.LiveProcess
	File             = message.File
	Socket           = message.Socket
)

// Addresses of the two hosts of a world that has two.
const (
	NearAddress = message.NearAddress
	FarAddress  = message.FarAddress
)

// CookieVariable is set to the world's ID in every process of a world.
const CookieVariable = message.CookieVariable

// HolderRole is the role in which Hold must be called.
const HolderRole = holder.Role

// Hold is the main of the process that holds a world. A program that makes worlds
// calls it where reexec.Role is HolderRole. It never returns.
func Hold() { holder.Main() }
