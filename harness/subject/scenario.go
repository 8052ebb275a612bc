package subject

// A Scenario is one that an author adds to those that the kit derives from the
// claims: operations of two processes whose interleavings are explored. Its
// steps are written as "put 1, try get, B: close": see package scenario.
type Scenario struct {
	Name        string   `yaml:"name" json:"name"`                                   // a few words
	Of          string   `yaml:"of" json:"of"`                                       // profile whose object it is about
	Before      string   `yaml:"before,omitempty" json:"before,omitempty"`           // steps that bring the object's state about
	A           string   `yaml:"a" json:"a"`                                         // what the two processes
	B           string   `yaml:"b" json:"b"`                                         // do at the same time
	Observe     string   `yaml:"observe,omitempty" json:"observe,omitempty"`         // afterwards; must not wait
	Shows       []string `yaml:"shows" json:"shows"`                                 // requirements that a violation breaks
	Preemptions int      `yaml:"preemptions,omitempty" json:"preemptions,omitempty"` // inside operations; default 1
	Relaxed     bool     `yaml:"relaxed,omitempty" json:"relaxed,omitempty"`         // a try may be refused while another operation is in flight
	Deaths      bool     `yaml:"deaths,omitempty" json:"deaths,omitempty"`           // A is killed before each of its accesses instead
}
