package getopt

import "strings"

// Kind says what is wrong with a word of the command line.
type Kind uint8

// The kinds of error.
const (
	Unknown          Kind = iota + 1 // no such option
	Ambiguous                        // a prefix of several
	MissingArgument                  // an argument is required, and the line ends
	UnwantedArgument                 // "=VALUE" on an option that takes none
)

// Error is what is wrong with one word.
type Error struct {
	Kind  Kind
	Word  string   // "-Z", "--bogus=3"; for MissingArgument the option's full name
	Among []string // Ambiguous: the options that the word is a prefix of
}

// Error gives glibc's words, without the program's name in front.
func (e *Error) Error() string {
	name, _, _ := strings.Cut(e.Word, "=")
	isLong := strings.HasPrefix(e.Word, "--")
	switch e.Kind {
	case Unknown:
		if isLong {
			return "unrecognized option '" + e.Word + "'"
		}
		return "invalid option -- '" + e.Word[1:] + "'"
	case Ambiguous:
		return "option '" + e.Word + "' is ambiguous; possibilities: '" + strings.Join(e.Among, "' '") + "'"
	case MissingArgument:
		if isLong {
			return "option '" + name + "' requires an argument"
		}
		return "option requires an argument -- '" + e.Word[1:] + "'"
	case UnwantedArgument:
		return "option '" + name + "' doesn't allow an argument"
	}
	panic("getopt: unhandled kind")
}
