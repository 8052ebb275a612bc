package mutants

var linkMutants = []Mutant{
	{ID: "link-takes-anybodys", Fault: "receive(P) takes what has come, from whomever", Requirement: "LINK-NAMED", Verdict: "fail", At: "was due"},
	{ID: "link-never-looks", Fault: "a receive that may not wait does not look, and says that there is nothing", Requirement: "SYNC-RECEIVENOW", Verdict: "fail", At: "was not there to be received"},
	{ID: "link-one-queue", Fault: "one queue for both directions", Requirement: "LINK-PAIR", Verdict: "fail", At: "its own message came back"},
	{ID: "link-newest-first", Fault: "keeps what has arrived on a stack", Requirement: "LINK-ORDER", Verdict: "fail", At: "the next in order"},
	{ID: "link-defers-when-full", Kind: stress, Fault: "has what there is no room for sent by another thread, and takes the next message", Requirement: "LINK-ORDER", Verdict: "fail", At: "operations prove it"},
	{ID: "link-writes-a-part", Fault: "does not look at how much write has taken", Requirement: "LINK-CONTENT", Verdict: "fail", At: "was due"},
	{ID: "link-stops-at-zero", Fault: "copies messages as strings, up to the first zero byte", Requirement: "LINK-CONTENT", Verdict: "fail", At: "was due"},
	{ID: "link-joins-messages", Fault: "receive takes all the bytes there are, as from a stream", Requirement: "LINK-BOUNDARY", Verdict: "fail", At: "came out with"},
	{ID: "link-waits-for-the-dead", Fault: "takes the end of the line for a pause, and waits", Requirement: "LINK-DEAD", Verdict: "timeout", At: "did not come back"},
	{ID: "link-end-is-a-message", Fault: "takes the end of the line for an empty message", Requirement: "LINK-DEAD", Verdict: "fail", At: "was accepted"},
	{ID: "link-death-comes-first", Fault: "looks whether the peer lives before it looks what the peer has sent", Requirement: "LINK-DEAD", Verdict: "fail", At: "sent before the death"},
	{ID: "link-dies-of-sigpipe", Fault: "sends to the dead without asking for an error instead of a signal", Requirement: "LINK-DEAD", Verdict: "crash", At: "died in link.send"},
	{ID: "link-guesses-the-sender", Fault: "names the client that came last as the sender", Requirement: "LINK-ANY", Verdict: "fail", At: "was said to be from"},
	{ID: "link-answers-the-last", Fault: "sends the answer to whoever was heard last", Requirement: "LINK-ANY", Verdict: "fail", At: "the server's answer"},
	{ID: "link-starves-the-quiet", Fault: "looks at the links from the first one each time", Requirement: "LINK-ANY", Verdict: "fail", At: "still waits"},
	{ID: "link-little-room", Fault: "asks for the smallest buffer there is", Requirement: "LINK-DUPLEX", Verdict: "timeout", At: "did not come back"},
}
