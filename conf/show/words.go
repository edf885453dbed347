package show

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"

	"holdfast/conf"
)

// choices are the words of the types that stand for a choice.
var choices = map[reflect.Type]map[uint64]string{
	reflect.TypeFor[conf.State]():    {uint64(conf.StateBackup): "BACKUP", uint64(conf.StateMaster): "MASTER"},
	reflect.TypeFor[conf.AuthType](): {uint64(conf.AuthPass): "PASS", uint64(conf.AuthAH): "AH"},
	reflect.TypeFor[conf.Forward]():  {uint64(conf.ForwardNAT): "NAT", uint64(conf.ForwardDR): "DR", uint64(conf.ForwardTUN): "TUN"},
	reflect.TypeFor[conf.Protocol](): {uint64(conf.ProtocolTCP): "TCP", uint64(conf.ProtocolUDP): "UDP", uint64(conf.ProtocolSCTP): "SCTP"},
}

// wordsOf returns a value as the words of a statement and as JSON has it. No words: the value is nothing that a
// statement can say.
func wordsOf(v reflect.Value, n *name) (words []string, value any) {
	if names, ok := choices[v.Type()]; ok {
		w, known := names[v.Uint()]
		if !known {
			return nil, nil
		}
		return []string{w}, w
	}
	switch x := v.Interface().(type) {
	case time.Duration:
		return []string{period(x, n)}, x.Seconds()
	case netip.Addr:
		if !x.IsValid() {
			return nil, nil
		}
		return []string{x.String()}, x.String()
	case netip.AddrPort:
		if !x.IsValid() {
			return nil, nil
		}
		words = []string{x.Addr().String()}
		if x.Port() > 0 {
			words = append(words, strconv.Itoa(int(x.Port())))
		}
		return words, x.String()
	case fmt.Stringer:
		return []string{quote(x.String())}, x.String()
	}
	switch v.Kind() {
	case reflect.String:
		return []string{quote(v.String())}, v.String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return []string{strconv.FormatInt(v.Int(), 10)}, v.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if n.octal {
			return []string{"0" + strconv.FormatUint(v.Uint(), 8)}, v.Uint()
		}
		return []string{strconv.FormatUint(v.Uint(), 10)}, v.Uint()
	case reflect.Bool:
		return []string{onOff(v.Bool())}, v.Bool()
	case reflect.Array:
		return ofBytes(v, n)
	case reflect.Slice:
		all := []any{}
		for i := range v.Len() {
			w, x := wordsOf(v.Index(i), n)
			words, all = append(words, w...), append(all, x)
		}
		return words, all
	}
	s := fmt.Sprint(v.Interface())
	return []string{quote(s)}, s
}

// ofBytes shows an array of bytes: a password as it was written, anything else in hexadecimal digits.
func ofBytes(v reflect.Value, n *name) ([]string, any) {
	if v.IsZero() || v.Type().Elem().Kind() != reflect.Uint8 {
		return nil, nil
	}
	raw := make([]byte, v.Len())
	reflect.Copy(reflect.ValueOf(raw), v)
	s := hex.EncodeToString(raw)
	if secrets[n.keyword] {
		s = strings.TrimRight(string(raw), "\x00")
	}
	return []string{quote(s)}, s
}

// period writes a time as its keyword counts it: in seconds, or in milliseconds where the table says MS.
func period(d time.Duration, n *name) string {
	if n.row != nil && (n.row.Args == "MS" || strings.HasPrefix(n.row.Args, "MS ")) {
		return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', -1, 64)
	}
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// quote puts quotes around a word that would not be read as one word, or as another one.
func quote(s string) string {
	if s == "" || strings.ContainsAny(s, " \t\r\n!#{}\"") || strings.HasPrefix(s, "//") || strings.HasPrefix(s, ";") {
		return `"` + s + `"`
	}
	return s
}

// commandWords gives a script keyword's words: the command in quotes, then the account. A command is taken apart twice, by
// the same rules: as the keyword's argument, and within it.
func commandWords(c *conf.Command) []string {
	args := make([]string, 0, len(c.Argv))
	for _, a := range c.Argv {
		if a == "" || strings.ContainsAny(a, " \t\r\n'\"\\") {
			a = "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(a) + "'"
		}
		args = append(args, a)
	}
	words := []string{`"` + strings.NewReplacer(`\`, `\\`, `"`, `\042`).Replace(strings.Join(args, " ")) + `"`}
	if c.User != "" {
		words = append(words, c.User)
		if c.Group != "" {
			words = append(words, c.Group)
		}
	}
	return words
}
