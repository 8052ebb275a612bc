package subject

// A Scenario is an explored scenario that an author adds to those of the kit:
// operations of two processes whose interleavings are explored. Steps are written
// as "put 1, try get, B: close"; see package scenario.
type Scenario struct {
	Name        string   `yaml:"name" json:"name"`                                   // a few words
	Of          string   `yaml:"of" json:"of"`                                       // profile of the object that the operations use
	Before      string   `yaml:"before,omitempty" json:"before,omitempty"`           // steps that bring the object into its initial state
	A           string   `yaml:"a" json:"a"`                                         // steps of one process
	B           string   `yaml:"b" json:"b"`                                         // and of the other, at the same time
	Observe     string   `yaml:"observe,omitempty" json:"observe,omitempty"`         // steps afterwards; they must not wait
	Shows       []string `yaml:"shows" json:"shows"`                                 // requirements that a violation breaks
	Preemptions int      `yaml:"preemptions,omitempty" json:"preemptions,omitempty"` // inside operations; default 1
	Relaxed     bool     `yaml:"relaxed,omitempty" json:"relaxed,omitempty"`         // a try may fail while another operation is in progress
	Deaths      bool     `yaml:"deaths,omitempty" json:"deaths,omitempty"`           // in place of preemptions, A is killed before each of its accesses
}
