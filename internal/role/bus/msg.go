package bus

// Kind says what a Msg is.
type Kind uint8

// The kinds of message. Parent to child unless noted.
const (
	Stop       Kind = iota + 1 // stop in an orderly way: farewell adverts, addresses released
	Dump                       // write the .data file (SIGUSR1)
	Stats                      // write the .stats file (SIGUSR2)
	StatsClear                 // write it, then zero the counters
	JSON                       // write the .json file
	Ready                      // child to parent: doing its work
	Reload                     // a new configuration generation is in memory file FD-of-message
)

// Msg is one message.
type Msg struct {
	Kind Kind   `json:"kind"`
	Gen  int    `json:"gen,omitempty"`
	Text string `json:"text,omitempty"`
}

// Conn is one end of a bus. Send never blocks for longer than a full buffer takes to be refused; Recv
// blocks and returns io.EOF once the other end is gone, which for a child means that its parent died.
type Conn interface {
	Send(Msg) error
	Recv() (Msg, error)
	Close() error
}
