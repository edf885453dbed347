package main

import (
	"fmt"
	"io"
	"maps"
	"net"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/internal/getopt"
	"holdfast/internal/lab/play"
	"holdfast/internal/role/super"
)

func newCompletionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "completion bash|zsh|fish",
		Short: "Print a script that completes this program's command line in a shell",
		Long: "Completion prints a script for a shell. With it the Tab key completes sub-commands, options and their values,\n" +
			"the daemon's own options (-f FILE, -t, …) included, and the names of files.\n\n" +
			"bash  needs the package bash-completion.\n" +
			"        holdfast completion bash > /etc/bash_completion.d/holdfast\n" +
			"      or for one user:\n" +
			"        holdfast completion bash > ~/.local/share/bash-completion/completions/holdfast\n" +
			"zsh     holdfast completion zsh > /usr/local/share/zsh/site-functions/_holdfast\n" +
			"      or into another directory of $fpath; \"autoload -U compinit; compinit\" must be in ~/.zshrc.\n" +
			"fish    holdfast completion fish > ~/.config/fish/completions/holdfast.fish\n\n" +
			"For the running shell alone: source <(holdfast completion bash), or holdfast completion fish | source.\n" +
			"Only the name holdfast is completed: under the name keepalived the program is the daemon and nothing else.\n\n" +
			"Exit status: 0 it was printed, 2 the command line is wrong.",
		Example:   "  holdfast completion bash > /etc/bash_completion.d/holdfast",
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"bash", "zsh", "fish"},
		RunE: func(c *cobra.Command, args []string) error {
			if err := printCompletion(c.OutOrStdout(), c.Root(), args[0]); err != nil {
				return &statusError{statusUnusable, err}
			}
			return nil
		},
	}
}

func printCompletion(w io.Writer, root *cobra.Command, shell string) error {
	switch shell {
	case "bash":
		return root.GenBashCompletionV2(w, true)
	case "zsh":
		return root.GenZshCompletion(w)
	}
	return root.GenFishCompletion(w, true)
}

// completing reports whether the shell's script asks what a line could go on with.
func completing(args []string) bool {
	return len(args) > 1 && (args[1] == cobra.ShellCompRequestCmd || args[1] == cobra.ShellCompNoDescRequestCmd)
}

// teachCompletion says what the flags of all sub-commands take.
func teachCompletion(root *cobra.Command) {
	for _, c := range root.Commands() {
		for flag, values := range flagValues {
			if c.Flags().Lookup(flag) != nil {
				_ = c.RegisterFlagCompletionFunc(flag, values) // fails for a flag that has one already, which is the better one
			}
		}
		teachCompletion(c)
	}
}

// flagValues are completions of flags, by their name in whatever sub-command.
var flagValues = map[string]cobra.CompletionFunc{
	"color":     cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp),
	"config-id": cobra.NoFileCompletions,
	"scenario":  completeScenario,
	"addr":      completeInterface,
	"dev":       completeLink,
	"run-dir":   completeDirectory,
}

// completeScenario offers the lab's pairs behind the last comma.
func completeScenario(_ *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	pairs, err := play.Published()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	before := begun[:strings.LastIndex(begun, ",")+1]
	var out []string
	if before == "" {
		out = []string{"list\tsay what there is"}
	}
	for i := range pairs {
		word := before + pairs[i].Name
		if before == "" { // the script for bash finds no word with a comma in it that has a description
			word += "\t" + pairs[i].Title
		}
		out = append(out, word)
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completeLink offers the interfaces of this machine.
func completeLink(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	out := make([]string, 0, len(all))
	for _, i := range all {
		out = append(out, i.Name)
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func completeDirectory(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeInterface offers IFACE= for each interface of this machine.
func completeInterface(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	out, directive := completeLink(nil, nil, "")
	for i := range out {
		out[i] += "="
	}
	return out, directive | cobra.ShellCompDirectiveNoSpace
}

// addDaemonOptions gives the root command the daemon's own options, so that they are completed. They are never parsed from
// there: a command line that begins with one does not come to the root command.
func addDaemonOptions(root *cobra.Command) {
	help := optionHelp()
	for _, o := range options {
		short := ""
		if o.Short != 0 {
			short = string(o.Short)
		}
		f := root.Flags()
		switch o.Arg {
		case getopt.Required:
			f.StringP(o.Long, short, "", help[o.Long])
		case getopt.Optional:
			f.StringP(o.Long, short, "", help[o.Long])
			f.Lookup(o.Long).NoOptDefVal = " "
		default:
			f.BoolP(o.Long, short, false, help[o.Long])
		}
	}
	facilities := []string{"user", "daemon"}
	for i := range 8 {
		facilities = append(facilities, fmt.Sprintf("local%d", i))
	}
	signals := slices.Sorted(maps.Keys(super.SignalNumbers))
	for flag, values := range map[string]cobra.CompletionFunc{
		"log-facility": cobra.FixedCompletions(facilities, cobra.ShellCompDirectiveNoFileComp),
		"signum":       cobra.FixedCompletions(signals, cobra.ShellCompDirectiveNoFileComp),
		"umask":        cobra.NoFileCompletions,
		"namespace":    cobra.NoFileCompletions,
		"config-id":    cobra.NoFileCompletions,
	} {
		_ = root.RegisterFlagCompletionFunc(flag, values) // the options are those of the table above
	}
}

var optionLine = regexp.MustCompile(`^ +(?:-\w, |    )--([\w-]+)\S*(?: id)?\s*(.*)$`)

// optionHelp takes what -h says about each option, by its long name.
func optionHelp() map[string]string {
	out := map[string]string{}
	last := ""
	for line := range strings.SplitSeq(usage, "\n") {
		switch m := optionLine.FindStringSubmatch(line); {
		case m != nil:
			last = m[1]
			out[last] = m[2]
		case last != "" && out[last] == "":
			out[last] = strings.TrimSpace(line)
		}
	}
	return out
}
