package subject

// Programs describes unmodified programs: how each role is started, and how
// to read from their output what was produced and what was consumed.
type Programs struct {
	Roles     Roles     `yaml:"roles" json:"roles"`
	Items     int       `yaml:"items,omitempty" json:"items,omitempty"`       // how many items one run moves where commands do not say {items}; default 10
	Capacity  int       `yaml:"capacity,omitempty" json:"capacity,omitempty"` // of the buffer between them, where it is known
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
	Ready     string `yaml:"ready,omitempty" json:"ready,omitempty"`           // pattern in its output that says it is ready for its peer
}

// Observe says where items are seen. Patterns are RE2 with one group, the
// item, applied line by line to standard output and standard error.
type Observe struct {
	Produced string `yaml:"produced" json:"produced"`
	Consumed string `yaml:"consumed" json:"consumed"`
	File     string `yaml:"file,omitempty" json:"file,omitempty"`   // consumed items are read from this file instead
	Order    string `yaml:"order,omitempty" json:"order,omitempty"` // fifo (default), per-producer or any
	End      string `yaml:"end,omitempty" json:"end,omitempty"`     // exit (default: the consumer ends by itself) or kill
}

// Mechanism names library functions or system calls that the assignment
// demands or forbids, such as shm_open, sem_open, pipe.
type Mechanism struct {
	Require []string `yaml:"require,omitempty" json:"require,omitempty"`
	Forbid  []string `yaml:"forbid,omitempty" json:"forbid,omitempty"`
}

// Cleanup names objects that may stay after a run, such as "/sem.full".
type Cleanup struct {
	Allow []string `yaml:"allow,omitempty" json:"allow,omitempty"`
}
