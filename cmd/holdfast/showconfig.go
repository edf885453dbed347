package main

import (
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"holdfast/conf"
	"holdfast/conf/diag"
	"holdfast/conf/show"
	"holdfast/conf/syntax"
	"holdfast/internal/role/super"
)

// showing is one run of "holdfast show-config".
type showing struct {
	opt      show.Options
	json     bool
	configID string
}

func newShowConfigCommand() *cobra.Command {
	var k showing
	c := &cobra.Command{
		Use:   "show-config FILE",
		Short: "Show what a configuration comes to, and where each value comes from",
		Long: "Show-config reads FILE as the daemon would, with everything it includes, and writes the configuration that\n" +
			"results: every setting with the value that is in force and its origin, which is FILE:LINE:COLUMN with the\n" +
			"definitions and includes behind it, the setting it is inherited from, or \"default\". The text reads like a\n" +
			"keepalived.conf and means the same as FILE. Passwords are masked.\n\n" +
			"What is wrong with FILE is not said here beyond a count: see \"holdfast check\".\n\n" +
			"Exit status: 0 shown, 1 shown although FILE has errors, 2 the command line is wrong, 3 FILE is absent or\n" +
			"cannot be read.",
		Example: "  holdfast show-config /etc/keepalived/keepalived.conf\n" +
			"  holdfast show-config --json keepalived.conf | jq '.config.vrrp_instance[] | {name, p: .priority.value}'",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, files []string) error { return k.run(files[0], c.OutOrStdout()) },
	}
	c.Flags().BoolVar(&k.json, "json", false, "write one JSON document instead of text")
	c.Flags().BoolVar(&k.opt.Secrets, "secrets", false, "show passwords and keys")
	c.Flags().BoolVar(&k.opt.All, "all", false, "in the text, also name what nobody said and what has no value")
	c.Flags().StringVarP(&k.configID, "config-id", "i", "", "what \"@id\" lines are compared with (default: the node name)")
	return c
}

func (k *showing) run(path string, out io.Writer) error {
	disk := syntax.NewRecorder(super.Disk{})
	if err := readable(disk, path); err != nil {
		return err
	}
	if k.configID == "" {
		k.configID = nodeName()
	}
	cfg, findings := load(disk, path, conf.Options{ConfigID: k.configID, CPUs: runtime.NumCPU(), Origins: true})
	write := show.Text
	if k.json {
		write = show.JSON
	}
	if err := write(out, cfg, k.opt); err != nil {
		return &statusError{statusUnusable, err}
	}
	if e := findings.Count(diag.Error); e > 0 {
		fmt.Fprintf(os.Stderr, "holdfast: %s: %s; see: holdfast check %s\n", path, plural(e, "error"), path)
		return &statusError{statusFound, nil}
	}
	return nil
}
