package getopt

import "strings"

// Arg says whether an option takes an argument.
type Arg uint8

// The kinds of argument.
const (
	None     Arg = iota
	Required     // attached or the next word
	Optional     // attached only: -tFILE, --config-test=FILE
)

// Option describes one option. Short or Long may be zero; ID is the caller's own mark.
type Option struct {
	Short byte
	Long  string
	Arg   Arg
	ID    int
}

// Found is one option as it stood on the command line, or what was wrong at that place.
type Found struct {
	ID    int
	Name  string // the option as matched, in full: "-f", "--use-file"
	Value string
	Given bool // an argument was given, be it empty
	Err   *Error
	Rest  []string // the command line behind the option; what is left of its cluster comes first, as one
}

// Parse reads args (without the program's name). It returns the options in order, errors among them
// where they occurred, and the operands: like glibc's it goes on after an error and moves operands
// behind the options. Everything after "--" is an operand.
func Parse(args []string, options []Option) (found []Found, operands []string) {
	p := parser{rest: args, options: options}
	for len(p.rest) > 0 {
		word := p.rest[0]
		p.rest = p.rest[1:]
		switch {
		case word == "--":
			return p.found, append(p.operands, p.rest...)
		case strings.HasPrefix(word, "--"):
			p.long(word[2:])
		case len(word) > 1 && word[0] == '-':
			p.cluster(word[1:])
		default:
			p.operands = append(p.operands, word)
		}
	}
	return p.found, p.operands
}

type parser struct {
	rest     []string
	options  []Option
	found    []Found
	operands []string
}

func (p *parser) fail(kind Kind, word string, among ...string) {
	p.found = append(p.found, Found{Name: word, Err: &Error{Kind: kind, Word: word, Among: among}})
}

// next takes the following word as an option's argument.
func (p *parser) next() (string, bool) {
	if len(p.rest) == 0 {
		return "", false
	}
	word := p.rest[0]
	p.rest = p.rest[1:]
	return word, true
}

func (p *parser) cluster(letters string) {
	for i := 0; i < len(letters); i++ {
		name := "-" + letters[i:i+1]
		o := p.short(letters[i])
		if o == nil {
			p.fail(Unknown, name)
			continue
		}
		f := Found{ID: o.ID, Name: name, Rest: p.rest}
		if attached := letters[i+1:]; o.Arg != None && attached != "" {
			f.Value, f.Given = attached, true
			p.found = append(p.found, f)
			return
		} else if attached != "" {
			f.Rest = append([]string{"-" + attached}, p.rest...)
		}
		if o.Arg == Required {
			if f.Value, f.Given = p.next(); !f.Given {
				p.fail(MissingArgument, name)
				return
			}
			f.Rest = p.rest
		}
		p.found = append(p.found, f)
	}
}

func (p *parser) short(letter byte) *Option {
	for i := range p.options {
		if o := &p.options[i]; o.Short == letter && letter != 0 {
			return o
		}
	}
	return nil
}

func (p *parser) long(word string) {
	name, value, given := strings.Cut(word, "=")
	o, among := p.lookup(name)
	switch {
	case len(among) > 0:
		p.fail(Ambiguous, "--"+word, among...)
		return
	case o == nil:
		p.fail(Unknown, "--"+word)
		return
	}
	f := Found{ID: o.ID, Name: "--" + o.Long, Value: value, Given: given}
	switch {
	case o.Arg == None && given:
		p.fail(UnwantedArgument, "--"+word)
		return
	case o.Arg == Required && !given:
		if f.Value, f.Given = p.next(); !f.Given {
			p.fail(MissingArgument, f.Name)
			return
		}
	}
	f.Rest = p.rest
	p.found = append(p.found, f)
}

// lookup finds the long option that name means: its exact name, or the only one it is a prefix of.
// Otherwise it returns all that it could mean.
func (p *parser) lookup(name string) (*Option, []string) {
	var match *Option
	var among []string
	for i := range p.options {
		o := &p.options[i]
		switch {
		case o.Long == "" || !strings.HasPrefix(o.Long, name):
			continue
		case o.Long == name:
			return o, nil
		case match != nil && (match.ID != o.ID || match.Arg != o.Arg):
			among = append(among, "--"+o.Long)
		case match == nil:
			match = o
		}
	}
	if len(among) > 0 {
		return nil, append([]string{"--" + match.Long}, among...)
	}
	return match, nil
}
