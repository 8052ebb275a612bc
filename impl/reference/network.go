package reference

import "github.com/ipckit/ipckit/impl/messagepassing"

// A post is where this process's mailboxes and parties are: in this user's
// office, or in that of the host that it has dialled.
type post struct {
	office    messagepassing.Broker
	exposures []*messagepassing.Exposure // until the process's end
}

// networkKey admits to an exposed office. It is no secret: the network between
// the hosts of a check has nobody else on it.
var networkKey = []byte("the network of a check")

func (p *post) Expose(address string) error {
	e, err := p.office.Expose(address, networkKey)
	if err == nil {
		p.exposures = append(p.exposures, e)
	}
	return translate(err)
}

func (p *post) Dial(address string) error {
	p.office = messagepassing.Broker{Address: address, Key: networkKey}
	return nil
}
