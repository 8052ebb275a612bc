package subject

// Programs describes unmodified programs: how each role is started, and how the
// produced and consumed items are found in their output.
type Programs struct {
	Roles     Roles     `yaml:"roles" json:"roles"`
	Items     int       `yaml:"items,omitempty" json:"items,omitempty"`       // how many items one run moves if no command has {items}; default 10
	Capacity  int       `yaml:"capacity,omitempty" json:"capacity,omitempty"` // of the buffer between them, in items, if it is known
	Observe   Observe   `yaml:"observe" json:"observe"`
	Mechanism Mechanism `yaml:"mechanism,omitempty" json:"mechanism,omitzero"`
	Cleanup   Cleanup   `yaml:"cleanup,omitempty" json:"cleanup,omitzero"`
}

// Roles are the two programs of a pair.
type Roles struct {
	Producer Role `yaml:"producer" json:"producer"`
	Consumer Role `yaml:"consumer" json:"consumer"`
}

// A Role is one program. In Command and Stdin, {items} stands for the number
// of items, {id} for the process's number from 1, {seed} for a random number,
// {file} for a file of {items} unpredictable lines that the kit wrote.
type Role struct {
	Command   string `yaml:"command" json:"command"`
	Stdin     string `yaml:"stdin,omitempty" json:"stdin,omitempty"`
	StartedBy string `yaml:"started_by,omitempty" json:"started_by,omitempty"` // kit (default) or producer, where it forks and executes the consumer
	Ready     string `yaml:"ready,omitempty" json:"ready,omitempty"`           // pattern of the line with which it reports that it is ready for its peer
}

// Observe says where items are found. Patterns are RE2 with one group, the
// item, applied line by line to standard output and standard error. A group that
// is named producer says which of several producers made the item.
type Observe struct {
	Produced string `yaml:"produced" json:"produced"`
	Consumed string `yaml:"consumed" json:"consumed"`
	File     string `yaml:"file,omitempty" json:"file,omitempty"`   // file from which consumed items are read, in place of the output
	Order    string `yaml:"order,omitempty" json:"order,omitempty"` // fifo (default), per-producer or any
	End      string `yaml:"end,omitempty" json:"end,omitempty"`     // exit (default: both end by themselves) or kill: the kit ends the consumer, and a producer that goes on after Items
}

// Mechanism names library functions or system calls that the assignment requires
// or forbids, such as shm_open, sem_open and pipe.
type Mechanism struct {
	Require []string `yaml:"require,omitempty" json:"require,omitempty"`
	Forbid  []string `yaml:"forbid,omitempty" json:"forbid,omitempty"`
}

// Cleanup names objects that a run may leave, such as "/sem.full".
type Cleanup struct {
	Allow []string `yaml:"allow,omitempty" json:"allow,omitempty"`
}
