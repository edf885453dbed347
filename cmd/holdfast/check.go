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
			"the word it is about.\n\n" +
			"Exit status: 0 nothing worse than a warning, 1 errors were found, 2 a file cannot be read or the\n" +
			"command line is wrong.",
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error { return k.run(files, c.OutOrStdout()) },
	}
	c.Flags().BoolVar(&k.json, "json", false, "write one JSON document instead of text")
	c.Flags().StringVar(&k.color, "color", "auto", "color the text: auto, always or never")
	c.Flags().BoolVar(&k.host, "host", false, "also ask this host for the interfaces and scripts that are named")
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
		if _, err := disk.ReadFile(path); err != nil {
			return &statusError{statusUnusable, err}
		}
		findings, err := k.judge(disk, path)
		if err != nil {
			return &statusError{statusUnusable, err}
		}
		all.Join(findings)
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
