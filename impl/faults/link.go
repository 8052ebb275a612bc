package faults

import (
	"github.com/ipckit/ipckit/impl/faults/link"
	"github.com/ipckit/ipckit/impl/faults/network"
)

func linkFaults() []Fault {
	return []Fault{
		{ID: "link-takes-anybodys", Text: "receive(P) takes any message, whichever process sent it", Requirement: "LINK-NAMED", Verdict: "fail", At: "was due", Base: inLink(link.TakesFromAny)},
		{ID: "link-never-looks", Text: "a receive that may not wait does not look, and says empty", Requirement: "SYNC-RECEIVENOW", Verdict: "fail", At: "was not there to be received", Base: inLink(link.NeverLooks)},
		{ID: "link-one-queue", Text: "one queue for both directions", Requirement: "LINK-PAIR", Verdict: "fail", At: "its own message came back", Base: inLink(link.OneQueue)},
		{ID: "link-newest-first", Text: "keeps what has arrived on a stack", Requirement: "LINK-ORDER", Verdict: "fail", At: "the next in order", Base: inLink(link.NewestFirst)},
		{ID: "link-defers-when-full", Kind: stress, Text: "leaves a message that there is no room for to another thread, and accepts the next one meanwhile", Requirement: "LINK-ORDER", Verdict: "fail", At: "operations prove it", Base: inLink(link.DefersWhenFull)},
		{ID: "link-writes-a-part", Text: "does not check how many bytes write has taken", Requirement: "LINK-CONTENT", Verdict: "fail", At: "was due", Base: inLink(link.WritesAPart)},
		{ID: "link-stops-at-zero", Text: "copies messages as strings, up to the first zero byte", Requirement: "LINK-CONTENT", Verdict: "fail", At: "was due", Base: inLink(link.StopsAtZero)},
		{ID: "link-joins-messages", Text: "receive takes all the bytes that are there, as from a stream", Requirement: "LINK-BOUNDARY", Verdict: "fail", At: "came out with", Base: inLink(link.JoinsMessages)},
		{ID: "link-waits-for-the-dead", Text: "treats the end of the connection as a pause, and waits", Requirement: "LINK-DEAD", Verdict: "timeout", At: "did not come back", Base: inLink(link.WaitsForTheDead)},
		{ID: "link-end-is-a-message", Text: "treats the end of the connection as an empty message", Requirement: "LINK-DEAD", Verdict: "fail", At: "must be refused", Base: inLink(link.EndIsAMessage)},
		{ID: "link-death-comes-first", Text: "looks whether the peer lives before it takes what the peer has sent", Requirement: "LINK-DEAD", Verdict: "fail", At: "sent before the death", Base: inLink(link.DeathComesFirst)},
		{ID: "link-dies-of-sigpipe", Text: "sends to a dead peer without MSG_NOSIGNAL", Requirement: "LINK-DEAD", Verdict: "crash", At: "in link.send", Base: inLink(link.DiesOfSIGPIPE)},
		{ID: "link-guesses-the-sender", Text: "names the client that joined last as the sender", Requirement: "LINK-ANY", Verdict: "fail", At: "was said to be from", Base: inLink(link.GuessesTheSender)},
		{ID: "link-answers-the-last", Text: "sends every answer to the client that sent the last request", Requirement: "LINK-ANY", Verdict: "fail", At: "the server's answer", Base: inLink(link.AnswersTheLast)},
		{ID: "link-starves-the-quiet", Text: "looks at the links in the same order each time, from the first one on", Requirement: "LINK-ANY", Verdict: "fail", At: "still waits", Base: inLink(link.StarvesTheQuiet)},
		{ID: "link-little-room", Text: "asks for the smallest socket buffer there is", Requirement: "LINK-DUPLEX", Verdict: "timeout", At: "did not come back", Base: inLink(link.LittleRoom)},
	}
}

func networkFaults() []Fault {
	return []Fault{
		{ID: "net-takes-a-segment", Text: "treats what one recv returns as a whole message", Requirement: "NET-MAILBOX", Verdict: "fail", At: "came out", Base: inNetwork(network.TakesASegment)},
		{ID: "net-names-are-local", Text: "looks for the peer of a link on its own host", Requirement: "NET-LINK", Verdict: "timeout", At: "did not come back", Base: inNetwork(network.NamesAreLocal)},
		{ID: "net-waits-for-ever", Text: "waits for the other host's answer without a limit of its own", Requirement: "NET-CUT", Verdict: "timeout", At: "did not come back", Base: inNetwork(network.WaitsForEver)},
		{ID: "net-sends-again", Text: "sends again what was not acknowledged in time", Requirement: "NET-HEAL", Verdict: "fail", At: "came twice", Base: inNetwork(network.SendsAgain)},
	}
}
