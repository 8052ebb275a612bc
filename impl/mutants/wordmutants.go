package mutants

var wordMutants = []Mutant{
	{ID: "word-in-halves", Fault: "stores 64 bits as two times 32", Requirement: "WORD-NOTEAR", Verdict: "fail", At: "parts of two words"},
	{ID: "word-add-in-two", Fault: "loads, adds and stores: counter++", Requirement: "WORD-ADD", Verdict: "fail", At: "had got too"},
	{ID: "word-swap-in-two", Fault: "compares, then stores", Requirement: "WORD-CAS", Verdict: "fail", At: "had got too"},
	{ID: "word-flag-before-data", Fault: "the compiler moves the data across the store of the flag", Requirement: "WORD-PUBLISH", Verdict: "fail", At: "data written before it"},
	{ID: "word-stored-late", Fault: "a store returns before it can be seen", Requirement: "WORD-REGISTER", Verdict: "fail", At: "had returned"},
	{ID: "word-load-overtakes", Fault: "a store takes effect after the load that follows it", Requirement: "WORD-DEKKER", Verdict: "fail", At: "neither saw the other"},
}
