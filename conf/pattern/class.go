package pattern

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"unicode"
)

// A set is of characters: spans in order, apart from each other.
type set []span

type span struct{ lo, hi rune }

// last gives the last character there is.
func (s *speller) last() rune {
	if s.utf {
		return unicode.MaxRune
	}
	return 0xff
}

// tidy sorts and joins.
func (x set) tidy() set {
	slices.SortFunc(x, func(a, b span) int { return cmp.Compare(a.lo, b.lo) })
	y := set{}
	for _, r := range x {
		if n := len(y); n > 0 && r.lo <= y[n-1].hi+1 {
			y[n-1].hi = max(y[n-1].hi, r.hi)
		} else {
			y = append(y, r)
		}
	}
	return y
}

// without gives the characters up to last that are not of x, which is tidy.
func (x set) without(last rune) set {
	y, from := set{}, rune(0)
	for _, r := range x {
		if r.lo > from {
			y = append(y, span{from, r.lo - 1})
		}
		from = r.hi + 1
	}
	if from <= last {
		y = append(y, span{from, last})
	}
	return y
}

// upTo gives those up to last.
func (x set) upTo(last rune) set {
	y := set{}
	for _, r := range x {
		if r.lo <= last {
			y = append(y, span{r.lo, min(r.hi, last)})
		}
	}
	return y
}

func (x set) has(c rune) bool {
	i, found := slices.BinarySearchFunc(x, c, func(r span, c rune) int { return cmp.Compare(r.lo, c) })
	return found || i > 0 && c <= x[i-1].hi
}

// cased are the characters that have more than one case.
var cased = sync.OnceValue(func() (x []rune) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.SimpleFold(r) != r {
			x = append(x, r)
		}
	}
	return x
})

// folded adds the other cases to x, which is tidy.
func (s *speller) folded(x set) set {
	y := slices.Clone(x)
	if !s.utf {
		for c := 'a'; c <= 'z'; c++ {
			if upper := c - 'a' + 'A'; x.has(c) || x.has(upper) {
				y = append(y, span{c, c}, span{upper, upper})
			}
		}
		return y.tidy()
	}
	for _, c := range cased() {
		if x.has(c) {
			for f := unicode.SimpleFold(c); f != c; f = unicode.SimpleFold(f) {
				y = append(y, span{f, f})
			}
		}
	}
	return y.tidy()
}

var (
	wordSet = set{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}
	// lineEnds and blanks are the same with and without ucp.
	lineEnds = set{{'\n', '\r'}, {0x85, 0x85}, {0x2028, 0x2029}}
	blanks   = set{{'\t', '\t'}, {' ', ' '}, {0xa0, 0xa0}, {0x1680, 0x1680}, {0x180e, 0x180e}, {0x2000, 0x200a}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}}
)

// kind gives the characters of \d, \w, \s, \h or \v.
func (s *speller) kind(c byte) set {
	switch c {
	case 'h':
		return blanks.upTo(s.last())
	case 'v':
		return lineEnds.upTo(s.last())
	}
	name := map[byte]string{'d': "digit", 'w': "word", 's': "space"}[c]
	if s.ucp {
		return wide[name]().upTo(s.last())
	}
	return posix[name]
}

// posix are the names in [:name:].
var posix = map[string]set{
	"alnum": {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}, "alpha": {{'A', 'Z'}, {'a', 'z'}}, "ascii": {{0, 0x7f}}, "blank": {{'\t', '\t'}, {' ', ' '}},
	"cntrl": {{0, 0x1f}, {0x7f, 0x7f}}, "digit": {{'0', '9'}}, "graph": {{'!', '~'}}, "lower": {{'a', 'z'}}, "print": {{' ', '~'}},
	"punct": {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}, "space": {{'\t', '\r'}, {' ', ' '}}, "upper": {{'A', 'Z'}}, "word": wordSet,
	"xdigit": {{'0', '9'}, {'A', 'F'}, {'a', 'f'}},
}

// wide are those that mean something else with ucp.
var wide = map[string]func() set{
	"alpha": of(unicode.L), "lower": of(unicode.Ll), "upper": of(unicode.Lu), "alnum": of(unicode.L, unicode.N), "digit": of(unicode.Nd),
	"space": of(unicode.Z, unicode.White_Space),
	"word":  sync.OnceValue(func() set { return append(of(unicode.L, unicode.N)(), span{'_', '_'}).tidy() }),
	"blank": func() set { return blanks },
}

// of gives what is in one of the tables.
func of(tables ...*unicode.RangeTable) func() set {
	return sync.OnceValue(func() set {
		x := set{}
		add := func(lo, hi, stride rune) {
			if stride == 1 {
				x = append(x, span{lo, hi})
				return
			}
			for c := lo; c <= hi; c += stride {
				x = append(x, span{c, c})
			}
		}
		for _, t := range tables {
			for _, r := range t.R16 {
				add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
			}
			for _, r := range t.R32 {
				add(rune(r.Lo), rune(r.Hi), rune(r.Stride))
			}
		}
		return x.tidy()
	})
}

// property gives the characters that have a property.
func property(name string) (set, bool) {
	switch name {
	case "Any":
		return set{{0, unicode.MaxRune}}, true
	case "L&":
		return of(unicode.Lu, unicode.Ll, unicode.Lt)(), true
	case "Xan":
		return wide["alnum"](), true
	case "Xwd":
		return wide["word"](), true
	case "Xsp", "Xps":
		return wide["space"](), true
	}
	if t := unicode.Categories[name]; t != nil {
		return of(t)(), true
	}
	if t := unicode.Scripts[name]; t != nil {
		return of(t)(), true
	}
	return nil, false
}

var bracket = regexp.MustCompile(`^\[:(\^?)([a-z]+):\]`)

// class reads a class in brackets.
func (s *speller) class() error {
	s.at++
	not := s.accept("^")
	var fixed, chars set // without and with regard to case
	for first := !s.emptyClass; ; first = false {
		if s.at >= len(s.in) {
			return errors.New("missing ] of a class")
		}
		if !first && s.accept("]") {
			break
		}
		if m := bracket.FindStringSubmatch(s.in[s.at:]); m != nil {
			s.at += len(m[0])
			x, err := s.posix(m[2])
			if err != nil {
				return err
			}
			if m[1] != "" {
				x = x.without(s.last())
			}
			fixed = append(fixed, x...)
			continue
		}
		if s.accept(`\E`) {
			continue
		}
		if s.accept(`\Q`) {
			if err := s.quoted(func(r rune) { chars = append(chars, span{r, r}) }); err != nil {
				return err
			}
			continue
		}
		lo, x, err := s.member()
		if err != nil {
			return err
		}
		if ranged := s.at+1 < len(s.in) && s.in[s.at] == '-' && s.in[s.at+1] != ']'; ranged {
			s.at++
			hi, y, err := s.member()
			if err != nil {
				return err
			}
			if x != nil || y != nil || hi < lo {
				return errors.New("a range of a class is out of order")
			}
			chars = append(chars, span{lo, hi})
			continue
		}
		if x != nil {
			fixed = append(fixed, x...)
		} else {
			chars = append(chars, span{lo, lo})
		}
	}
	chars = chars.tidy()
	if s.now.caseless {
		chars = s.folded(chars)
	}
	whole := append(fixed, chars...).tidy()
	if not {
		whole = whole.without(s.last())
	}
	s.set(whole)
	return nil
}

// member reads a character or an escape in a class.
func (s *speller) member() (rune, set, error) {
	if !s.accept(`\`) {
		r, err := s.next()
		return r, nil, err
	}
	if s.accept("b") {
		return 8, nil, nil
	}
	return s.one()
}

func (s *speller) posix(name string) (set, error) {
	x, ok := posix[name]
	if !ok {
		return nil, fmt.Errorf("[:%.20s:] is not a class", name)
	}
	if s.ucp {
		if f := wide[name]; f != nil {
			x = f().upTo(s.last())
		} else if name != "ascii" && name != "xdigit" {
			return nil, fmt.Errorf("[:%s:] is not supported with ucp", name)
		}
	}
	if s.now.caseless && (name == "upper" || name == "lower") {
		x = s.folded(x)
	}
	return x, nil
}
