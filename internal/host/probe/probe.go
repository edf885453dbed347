package probe

import (
	"time"

	"holdfast/internal/core/talk"
)

// ID names an attempt. Its owner chooses it; two attempts under way must not share one.
type ID uint64

// Result is how an attempt ended.
type Result struct {
	ID      ID
	Kind    Kind
	Verdict talk.Verdict // with Answered
	Err     error        // with NotTried: which system call failed, and why
	Took    time.Duration
}

// Kind is a kind of Result.
type Kind uint8

// The kinds of results.
const (
	Answered Kind = iota // there is a verdict
	NotTried             // no socket, or it could not be bound: that is no failure of the server
)
