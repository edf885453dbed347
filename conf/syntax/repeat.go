package syntax

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"holdfast/conf/diag"
)

const (
	seqWord = "~SEQ"
	lstWord = "~LST"
)

func isRepetition(s string) bool {
	return strings.HasPrefix(s, seqWord) || strings.HasPrefix(s, lstWord)
}

// repetition handles "~SEQ(...) text" and "~LST(...) text"; false when the line is none.
// compat: the variables keep their last values when it is over.
func (e *expander) repetition(l *line) bool {
	switch {
	case strings.HasPrefix(l.text, seqWord):
		e.sequence(l)
	case strings.HasPrefix(l.text, lstWord):
		e.list(l)
	default:
		return false
	}
	return true
}

// bad reports a repetition that cannot be read.
func (e *expander) bad(l *line, word, why, compat string) {
	at, via := l.span(0, len(word))
	d := diag.Diagnostic{
		Severity: diag.Error, Class: diag.ClassConfig, Code: "bad-repetition", At: at, Via: via, Summary: why,
		Compat: "Invalid " + word + " specification '" + l.text + "'", Effect: "the line is ignored",
		Suggest: "write ~SEQ(VAR, START, STEP, END) TEXT, without START and STEP if these are 1",
	}
	if word == lstWord {
		d.Suggest = "write ~LST(VAR, VALUE, VALUE) TEXT, or ~LST({A, B}, {1, 2}, {3, 4}) TEXT"
	}
	if compat != "" {
		d.Compat = compat + " '" + l.text + "'\n" + d.Compat
	}
	e.out.diags.Add(d)
}

// sequence handles ~SEQ and ~SEQx.
func (e *expander) sequence(l *line) {
	i := len(seqWord)
	hex := strings.HasPrefix(l.text[i:], "x")
	if hex {
		i++
	}
	i = skipSpace(l.text, i)
	if i == len(l.text) || l.text[i] != '(' {
		e.bad(l, seqWord, "~SEQ needs '(' behind it", "")
		return
	}
	end := strings.IndexByte(l.text[i:], ')')
	if end < 0 {
		compat := "Invalid ~SEQ definition"
		if strings.Contains(l.text[i:], ",") {
			compat = "~SEQ parameter strings too long" // compat: behind the variable it looks for the ")"
		}
		e.bad(l, seqWord, "the '(' of ~SEQ is never closed", compat)
		return
	}
	end += i
	params := strings.Split(l.text[i+1:end], ",")
	name := strings.Trim(params[0], blanks)
	if len(params) < 2 || len(params) > 4 || name == "" {
		e.bad(l, seqWord, "~SEQ needs a variable and one to three numbers", "Invalid ~SEQ definition")
		return
	}
	numbers, ok := e.sequenceNumbers(l, params[1:])
	if !ok {
		return
	}
	start, step, last := sequenceRange(numbers)
	switch {
	case step == 0 || step > 0 && start > last || step < 0 && start < last:
		e.bad(l, seqWord, "steps of "+strconv.FormatInt(step, 10)+" do not lead from "+strconv.FormatInt(start, 10)+" to "+
			strconv.FormatInt(last, 10), "Invalid ~SEQ values")
		return
	case hex && (start < 0 || last < 0):
		e.bad(l, seqWord, "~SEQx has no negative numbers", "~SEQx is only valid for positive numbers")
		return
	}
	rest, at := e.repeated(l, end+1)
	base := 10
	if hex {
		base = 16
	}
	for v := start; rest != nil; v += step {
		e.assign(name, strconv.FormatInt(v, base), at)
		if !e.made(l, len(rest.text)) {
			return
		}
		e.logical(rest)
		if step > 0 && v > last-step || step < 0 && v < last-step {
			return
		}
	}
}

// sequenceRange puts defaults in place of what ~SEQ leaves out.
func sequenceRange(n []int64) (start, step, last int64) {
	last = n[len(n)-1]
	switch {
	case len(n) > 1:
		start = n[0]
	case last < 0:
		start = -1
	default:
		start = 1
	}
	step = 1
	if start > last {
		step = -1
	}
	if len(n) == 3 {
		step = n[1]
	}
	return start, step, last
}

// sequenceNumbers reads the numbers of a ~SEQ; false when one is none.
func (e *expander) sequenceNumbers(l *line, params []string) ([]int64, bool) {
	var numbers []int64
	for _, p := range params {
		v, text, ok := e.sequenceNumber(l, p)
		if !ok && !e.ended {
			e.bad(l, seqWord, "'"+text+"' is not a number", "Invalid ~SEQ definition")
		}
		if !ok || e.ended {
			return nil, false
		}
		numbers = append(numbers, v)
	}
	return numbers, true
}

// sequenceNumber reads a number as strtol(3) does, in base 0 and with clamps. References in it are followed.
func (e *expander) sequenceNumber(l *line, text string) (v int64, shown string, ok bool) {
	text = strings.Trim(text, blanks)
	if strings.IndexByte(text, '$') >= 0 {
		s := e.substitute(&line{text: text, segs: []segment{*l.at(0)}})
		text = strings.Trim(s.line.text, blanks)
	}
	if text == "" {
		return 0, text, true // compat
	}
	if strings.ContainsAny(text, "_oO") || strings.HasPrefix(text, "0b") || strings.HasPrefix(text, "0B") {
		return 0, text, false // Go's own notations
	}
	v, err := strconv.ParseInt(text, 0, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, text, false
	}
	// The sum of a value and a step must not wrap.
	return min(max(v, math.MinInt64/2), math.MaxInt64/2), text, true
}

// repeated returns what is behind the parameters of a repetition, nil if there is nothing, and the place of these.
func (e *expander) repeated(l *line, end int) (*line, diag.Span) {
	at := l.home(end)
	from := skipSpace(l.text, end)
	if from == len(l.text) {
		return nil, at
	}
	return l.cut(from, len(l.text)), at
}

// assign sets the variable of a repetition.
func (e *expander) assign(name, value string, at diag.Span) {
	e.defs[name] = definition{lines: []definedLine{{text: value, at: at}}, note: "=" + value}
}

// list handles ~LST.
func (e *expander) list(l *line) {
	i := skipSpace(l.text, len(lstWord))
	if i == len(l.text) || l.text[i] != '(' {
		e.bad(l, lstWord, "~LST needs '(' behind it", "")
		return
	}
	names, end, ok := listItem(l.text, i+1)
	var values [][]string
	for ok && l.text[end] == ',' {
		var v []string
		v, end, ok = listItem(l.text, end+1)
		values = append(values, v)
		if ok && len(v) > len(names) {
			e.bad(l, lstWord, "~LST has "+strconv.Itoa(len(v))+" values for "+strconv.Itoa(len(names))+" variables",
				"~LST specification has too many values")
			return
		}
	}
	switch {
	case !ok:
		e.bad(l, lstWord, "the variables and values of ~LST cannot be read", "")
		return
	case len(values) == 0:
		e.bad(l, lstWord, "~LST needs a value", "")
		return
	}
	rest, at := e.repeated(l, end+1)
	for _, v := range values {
		for j, name := range names {
			value := ""
			if j < len(v) {
				value = v[j]
			}
			e.assign(name, value, at)
		}
		if rest == nil {
			continue
		}
		if !e.made(l, len(rest.text)) {
			return
		}
		e.logical(rest)
	}
}

// listItem reads a word or words in braces at off, up to the "," or ")" that ends it.
func listItem(s string, off int) (words []string, end int, ok bool) {
	off = skipSpace(s, off)
	tuple := off < len(s) && s[off] == '{'
	stop := ",)"
	if tuple {
		off++
		stop = ",}"
	}
	for {
		n := strings.IndexAny(s[off:], stop)
		if n < 0 {
			return nil, off, false
		}
		word := strings.Trim(s[off:off+n], blanks)
		if strings.ContainsAny(word, blanks) || !tuple && strings.ContainsAny(word, "{}") {
			return nil, off, false
		}
		words = append(words, word)
		off += n
		if !tuple {
			return words, off, true
		}
		off++
		if s[off-1] == '}' {
			break
		}
	}
	off = skipSpace(s, off)
	if off == len(s) || s[off] != ',' && s[off] != ')' {
		return nil, off, false
	}
	return words, off, true
}
