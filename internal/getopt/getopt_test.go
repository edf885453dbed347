package getopt

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// A small command line with every kind of option and prefixes that clash.
var sample = []Option{
	{Short: 'n', Long: "dont-fork", ID: 'n'},
	{Short: 'l', Long: "log-console", ID: 'l'},
	{Short: 'D', Long: "log-detail", ID: 'D'},
	{Short: 'f', Long: "use-file", Arg: Required, ID: 'f'},
	{Short: 't', Long: "config-test", Arg: Optional, ID: 't'},
	{Short: 'P', Long: "vrrp", ID: 'P'},
	{Short: 'r', Long: "vrrp_pid", Arg: Required, ID: 'r'},
	{Long: "signum", Arg: Required, ID: 1},
}

func TestParse(t *testing.T) {
	opt := func(id int, name string) Found { return Found{ID: id, Name: name} }
	arg := func(id int, name, value string) Found {
		return Found{ID: id, Name: name, Value: value, Given: true}
	}
	for line, want := range map[string][]Found{
		"-nlD":                 {opt('n', "-n"), opt('l', "-l"), opt('D', "-D")},
		"-DD":                  {opt('D', "-D"), opt('D', "-D")},
		"-ffile":               {arg('f', "-f", "file")},
		"-f file":              {arg('f', "-f", "file")},
		"-nffile":              {opt('n', "-n"), arg('f', "-f", "file")},
		"-t":                   {opt('t', "-t")},
		"-tFILE":               {arg('t', "-t", "FILE")},
		"--config-test=FILE":   {arg('t', "--config-test", "FILE")},
		"--config-test=":       {arg('t', "--config-test", "")},
		"--use-f=x":            {arg('f', "--use-file", "x")},
		"--use-file x":         {arg('f', "--use-file", "x")},
		"--vrrp":               {opt('P', "--vrrp")},
		"--vrrp_ x":            {arg('r', "--vrrp_pid", "x")},
		"--signum=STOP":        {arg(1, "--signum", "STOP")},
		"-f -n":                {arg('f', "-f", "-n")},
		"--use-file=a=b":       {arg('f', "--use-file", "a=b")},
		"-Dx":                  {opt('D', "-D"), {Name: "-x", Err: &Error{Kind: Unknown, Word: "-x"}}},
		"-f":                   {{Name: "-f", Err: &Error{Kind: MissingArgument, Word: "-f"}}},
		"--use":                {{Name: "--use-file", Err: &Error{Kind: MissingArgument, Word: "--use-file"}}},
		"--vrrp=3 -n":          {{Name: "--vrrp=3", Err: &Error{Kind: UnwantedArgument, Word: "--vrrp=3"}}, opt('n', "-n")},
		"--log":                {{Name: "--log", Err: &Error{Kind: Ambiguous, Word: "--log", Among: []string{"--log-console", "--log-detail"}}}},
		"--bogus":              {{Name: "--bogus", Err: &Error{Kind: Unknown, Word: "--bogus"}}},
		"":                     nil,
		"--":                   nil,
		"-- -n":                nil,
		"operand -n -- -l":     {opt('n', "-n")},
		"-t FILE --log-d last": {opt('t', "-t"), opt('D', "--log-detail")},
	} {
		got, _ := Parse(strings.Fields(line), sample)
		if d := cmp.Diff(want, got, cmpopts.IgnoreFields(Found{}, "Rest")); d != "" {
			t.Errorf("%q (-want +got):\n%s", line, d)
		}
	}
}

func TestOperands(t *testing.T) {
	_, got := Parse([]string{"a", "-n", "-", "-t", "b", "--", "-l", "--"}, sample)
	if d := cmp.Diff([]string{"a", "-", "b", "-l", "--"}, got); d != "" {
		t.Errorf("operands (-want +got):\n%s", d)
	}
}

// getopt(1) of util-linux is glibc's getopt_long with a printer around it: for any command line it must
// find what we find, complain where we complain, in the same words.
func TestAgainstGlibc(t *testing.T) {
	tool, err := exec.LookPath("getopt")
	if err != nil {
		t.Skip("needs getopt: the util-linux program, as glibc's voice")
	}
	words := []string{
		"-n", "-nl", "-Dn", "-f", "-ffile", "-tX", "-t", "-ntY", "-nfz", "-Z", "-nZl", "-", "--", "file", "a b", "",
		"--vrrp", "--vrrp_pid", "--vrrp_", "--vrr", "--v", "--log", "--log-c", "--log-d", "--use", "--use-file=",
		"--use-file=a=b", "--config-test", "--config-test=L", "--conf=L", "--bogus", "--bogus=1", "--vrrp=1",
		"--signum", "--signum=STOP", "--dont-fork=yes", "--log=3", "---", "--=x", "-=", "-f=x",
	}
	rapid.Check(t, func(t *rapid.T) {
		args := rapid.SliceOfN(rapid.SampledFrom(words), 0, 6).Draw(t, "args")
		wantOut, wantErr := glibc(t, tool, args)
		gotOut, gotErr := render(args)
		if d := cmp.Diff(wantOut, gotOut); d != "" {
			t.Fatalf("%q: options (-glibc +ours):\n%s", args, d)
		}
		if d := cmp.Diff(wantErr, gotErr); d != "" {
			t.Fatalf("%q: complaints (-glibc +ours):\n%s", args, d)
		}
	})
}

func glibc(t *rapid.T, tool string, args []string) (out, complaints string) {
	var short, long strings.Builder
	for i, o := range sample {
		colons := strings.Repeat(":", int(o.Arg))
		if o.Short != 0 {
			short.WriteString(string(o.Short) + colons)
		}
		if i > 0 {
			long.WriteByte(',')
		}
		long.WriteString(o.Long + colons)
	}
	cmd := exec.Command(tool, append([]string{"-o", short.String(), "-l", long.String(), "-n", "prog", "--"}, args...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Env = []string{"LC_ALL=C"}
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
		t.Fatalf("getopt: %v: %s", err, stderr.String())
	}
	return stdout.String(), stderr.String()
}

// render prints what Parse found in the way of getopt(1).
func render(args []string) (out, complaints string) {
	var o, c strings.Builder
	found, operands := Parse(args, sample)
	for _, f := range found {
		if f.Err != nil {
			c.WriteString("prog: " + f.Err.Error() + "\n")
			continue
		}
		o.WriteString(" " + f.Name)
		for _, s := range sample {
			if s.ID == f.ID && s.Arg != None {
				o.WriteString(" '" + f.Value + "'")
			}
		}
	}
	o.WriteString(" --")
	for _, w := range operands {
		o.WriteString(" '" + w + "'")
	}
	return o.String() + "\n", c.String()
}

// No command line makes Parse panic or lose a word: options found never outnumber the bytes given.
func FuzzParse(f *testing.F) {
	f.Add("-nlD\x00-f\x00file\x00--log")
	f.Add("--config-test=x\x00--\x00-Z")
	f.Fuzz(func(t *testing.T, line string) {
		found, operands := Parse(strings.Split(line, "\x00"), sample)
		if len(found)+len(operands) > len(line)+1 {
			t.Fatalf("%q: %d options and %d operands", line, len(found), len(operands))
		}
		for _, x := range found {
			if x.Err != nil && x.Err.Error() == "" {
				t.Fatalf("%q: an error without words", line)
			}
		}
	})
}

func TestRest(t *testing.T) {
	for _, c := range []struct {
		line  string
		which int
		want  string
	}{
		{"-l -n -f x -D", 1, "-f x -D"},
		{"-nlf x -D", 0, "-lf x -D"},
		{"-nfx -D", 1, "-D"},
		{"-f x -D", 0, "-D"},
		{"--use-file x -D", 0, "-D"},
		{"--use-file=x -D y", 0, "-D y"},
		{"-D", 0, ""},
	} {
		found, _ := Parse(strings.Fields(c.line), sample)
		if got := strings.Join(found[c.which].Rest, " "); got != c.want {
			t.Errorf("%q: behind option %d is %q, want %q", c.line, c.which, got, c.want)
		}
	}
}
