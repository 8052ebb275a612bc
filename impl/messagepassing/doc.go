// Package messagepassing is message passing between processes: mailboxes, which
// any process reaches by name, and links, which join two named processes. It
// follows the model of Silberschatz, Galvin, Gagne, Operating System Concepts,
// 10th edition, section 3.6, in every combination that the book names:
//
//	naming            indirect: Create, Open, Mailbox · direct: Join, Endpoint.Link, Endpoint.Receive
//	synchronization   blocking: Forever · nonblocking: Never · a time limit, a context, Cancel
//	buffering         zero: Rendezvous · bounded: Capacity n · unbounded: Unbounded
//	ownership         of the system · of a process: Shape.Owned, Mailbox.HandOver
//	where             on one host · between hosts: Broker.Expose, Broker.Address
//
// # Mailboxes
//
// A mailbox lives in a process of its own, the broker: one for each user and
// directory, started when the first mailbox is created, gone when the last one
// is deleted and nobody is attached. So messages outlive their senders, and the
// broker's death is an error to its clients, not a hang. The broker is another
// copy of the running program, which therefore must call [ServeIfAsked] first:
//
//	func main() {
//		messagepassing.ServeIfAsked()
//		…
//	}
//
// Its single thread does one request after the other. That makes mailboxes
// linearizable, and it is where time limits and cancellations are settled: an
// operation takes effect wholly or not at all. Whoever waits sleeps in the kernel.
//
// # Links
//
// The broker introduces two processes to each other and hands each one end of a
// socket; from then on they are linked by the kernel alone. It is also who
// vouches for names: what a [Sender] says is known from the kernel and the
// broker, never from the sender.
//
// # Sources
//
// Beside the book: POSIX.1-2024 (mq_open, mq_send, mq_receive, msgctl), unix(7),
// tcp(7), epoll(7); Stevens, UNIX Network Programming, volumes 1 and 2; Herlihy and
// Wing on linearizability; Birrell and Nelson on calls that may be repeated.
package messagepassing
