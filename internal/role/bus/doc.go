// Package bus is what roles say to each other, and the two ways it travels: a socket pair between
// processes, an in-memory pipe inside one (--single). A role cannot tell which one it has.
//
// A message is one JSON object in one packet, at most MaxPacket bytes. Both transports keep order, lose
// nothing that was accepted, and refuse with ErrFull what does not fit, so that no sender ever waits.
package bus
