package bus

import "fmt"

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
	Prepare                    // could you run generation Gen, whose snapshot is in the file Text?
	Commit                     // run it now
	Abort                      // forget it
	Prepared                   // child to parent: yes
	Rejected                   // child to parent: no, because of Text
	Committed                  // child to parent: done
	Fact                       // either way: how Subject stands is Text; the parent passes on what one child says to the others
)

var kindNames = [...]string{
	Stop: "stop", Dump: "dump", Stats: "stats", StatsClear: "stats-clear",
	JSON: "json", Ready: "ready", Prepare: "prepare", Commit: "commit", Abort: "abort",
	Prepared: "prepared", Rejected: "rejected", Committed: "committed", Fact: "fact",
}

func (k Kind) known() bool { return k >= Stop && int(k) < len(kindNames) }

// String returns the kind's name for logs.
func (k Kind) String() string {
	if !k.known() {
		return fmt.Sprintf("kind %d", uint8(k))
	}
	return kindNames[k]
}

// Msg is one message.
type Msg struct {
	Kind    Kind   `json:"kind"`
	Gen     int    `json:"gen,omitempty"`
	Subject string `json:"subject,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Conn is one end of a bus. It may be used by several goroutines at once.
//
// Send never waits: it returns ErrFull when the buffer is full, io.ErrClosedPipe when the other end is
// gone, os.ErrClosed after Close. Recv blocks; it returns io.EOF once everything that was sent is read
// and the other end is gone, which for a child means that its parent died, and os.ErrClosed after
// Close. A packet that is no message makes Recv return an error that wraps ErrMalformed; the next Recv
// goes on with the packet after it.
type Conn interface {
	Send(Msg) error
	Recv() (Msg, error)
	Close() error
}
