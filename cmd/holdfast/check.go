package main

import (
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
	"holdfast/internal/role/super"
)

// checking is one run of "holdfast check".
type checking struct {
	json     bool
	strict   bool
	color    string
	host     bool
	configID string
}

func newCheckCommand() *cobra.Command {
	var k checking
	c := &cobra.Command{
		Use:   "check FILE...",
		Short: "Say what is wrong with configuration files",
		Long: "Check reads each FILE as the daemon would, with everything it includes, and shows every finding at\n" +
			"the word it is about: what is wrong, what happens instead, and what to write.\n\n" +
			"Errors are what keepalived reports and leaves out, warnings what it reports and mends, and the rest what\n" +
			"it steps over in silence. With --strict all of them are errors, so that a file passes only if every word\n" +
			"of it does what it says; keywords that are merely not active yet in this program are not held against it.\n\n" +
			"Exit status: 0 no errors, 1 errors were found, 2 the command line is wrong, 3 a file is absent or cannot\n" +
			"be read. The status that the daemon's own test (-t) would have is in the JSON form.",
		Example: "  holdfast check /etc/keepalived/keepalived.conf\n" +
			"  holdfast check --strict --host keepalived.conf && systemctl reload keepalived\n" +
			"  holdfast check --json keepalived.conf | jq -r '.diagnostics[] | .code'",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error { return k.run(files, c.OutOrStdout()) },
	}
	c.Flags().BoolVar(&k.json, "json", false, "write one JSON document instead of text")
	c.Flags().BoolVar(&k.strict, "strict", false, "refuse what keepalived would let pass: every finding is an error")
	c.Flags().StringVar(&k.color, "color", "auto", "color the text: auto, always or never")
	c.Flags().BoolVar(&k.host, "host", false, "also ask this host for the interfaces, scripts, accounts and mail server that are named")
	c.Flags().StringVarP(&k.configID, "config-id", "i", "", "what \"@id\" lines are compared with (default: the node name)")
	return c
}

func (k *checking) run(files []string, out io.Writer) error {
	color, err := colored(k.color, out)
	if err != nil {
		err = fmt.Errorf("check: %w", err)
		return &statusError{statusUnusable, err}
	}
	var all diag.List
	disk := syntax.NewRecorder(super.Disk{}) // the snippets show what was judged
	for _, path := range files {
		if err := readable(disk, path); err != nil {
			return err
		}
		findings, err := k.judge(disk, path)
		if err != nil {
			return &statusError{statusUnusable, err}
		}
		all.Join(findings)
	}
	if k.strict {
		all.Refuse("not-active-yet") // that is no fault of the file's
	}
	if err := k.render(out, disk, &all, color); err != nil {
		return &statusError{statusUnusable, err}
	}
	if all.HasErrors() {
		return &statusError{statusFound, nil}
	}
	return nil
}

func (k *checking) judge(src syntax.Source, path string) (diag.List, error) {
	cpus := 0
	if k.host {
		cpus = runtime.NumCPU()
	}
	cfg, findings := loader(&command{Flags: super.Flags{ConfigID: k.configID}}, cpus)(src, path)
	if !k.host {
		return findings, nil
	}
	more, err := judgeHost(cfg)
	findings.Join(more)
	return findings, err
}

// colored decides about colors; only "auto" looks at where the text goes.
func colored(when string, out io.Writer) (bool, error) {
	switch when {
	case "always":
		return true, nil
	case "never":
		return false, nil
	case "auto":
		f, ok := out.(*os.File)
		return ok && os.Getenv("NO_COLOR") == "" && term.IsTerminal(int(f.Fd())), nil
	}
	return false, fmt.Errorf("--color %s: not auto, always or never", when)
}

func (k *checking) render(out io.Writer, src syntax.Source, all *diag.List, color bool) error {
	if k.json {
		return diag.JSON(out, all)
	}
	err := diag.Rich(out, all, diag.RichOptions{Color: color, Text: func(file string) (string, bool) {
		text, err := src.ReadFile(file)
		return string(text), err == nil
	}})
	if err != nil {
		return err
	}
	e, w := all.Count(diag.Error), all.Count(diag.Warning)
	if e+w == 0 {
		_, err = fmt.Fprintln(out, "no errors, no warnings")
	} else {
		_, err = fmt.Fprintf(out, "%s, %s\n", plural(e, "error"), plural(w, "warning"))
	}
	return err
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
