package reference

import "github.com/ipckit/ipckit/impl/messagepassing"

// A network is where this process's mailboxes and endpoints are: at this user's
// broker, or at that of the host that it has dialled.
type network struct {
	broker    messagepassing.Broker
	exposures []*messagepassing.Exposure // kept until the process ends
}

// networkKey admits clients to an exposed broker. It is no secret: only the
// hosts of one check are on the network between them.
var networkKey = []byte("the network of a check")

func (n *network) Expose(address string) error {
	e, err := n.broker.Expose(address, networkKey)
	if err == nil {
		n.exposures = append(n.exposures, e)
	}
	return translate(err)
}

func (n *network) Dial(address string) error {
	n.broker = messagepassing.Broker{Address: address, Key: networkKey}
	return nil
}
