// Package messagepassing is message passing between processes: mailboxes, which
// any process reaches by name, and links, which join two named processes. It
// follows the model of Silberschatz, Galvin, Gagne, Operating System Concepts,
// 10th edition, section 3.6, in every combination that the book names:
//
//	naming            indirect: Create, Open, Mailbox · direct: Join, Endpoint.Link, Endpoint.Receive
//	synchronization   blocking: Forever · nonblocking: Never · a time limit, a context, Cancel
//	buffering         zero: Rendezvous · bounded: Capacity n · unbounded: Unbounded
//	ownership         of the system · of a process: Shape.Owned, Mailbox.HandOver
//	location          on one host · between hosts: Broker.Expose, Broker.Address
//
// # Mailboxes
//
// The mailboxes of a user live in a process of their own, the broker. It is
// started when the first mailbox is created, and ends when the last one is
// deleted and no client is attached. Messages therefore outlive their senders,
// and the broker's death is an error to its clients, not a hang. The broker is
// another copy of the running program, which must call [ServeIfAsked] first:
//
//	func main() {
//		messagepassing.ServeIfAsked()
//		…
//	}
//
// The broker's single thread handles one request after the other. That makes
// mailboxes linearizable, and it is where time limits and cancellations are
// settled: an operation takes effect wholly or not at all. Waiting clients sleep
// in the kernel.
//
// # Links
//
// The broker creates a connected pair of sockets for two processes and passes
// one end to each; from then on only the kernel stands between them. The broker
// also vouches for names: a [Sender] is what the kernel and the broker know of a
// process, never what the process says of itself.
//
// # Sources
//
// Beside the book: POSIX.1-2024 (mq_open, mq_send, mq_receive, msgctl), unix(7),
// tcp(7), epoll(7); Stevens, UNIX Network Programming, volumes 1 and 2; Herlihy
// and Wing, TOPLAS 12(3), 1990 (linearizability); Birrell and Nelson, TOCS 2(1),
// 1984 (requests that may be repeated). The formats of frames and records are
// described at their types, in frame.go and record.go.
package messagepassing
