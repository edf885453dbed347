package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"holdfast/conf/diag"
	"holdfast/conf/format"
	"holdfast/internal/host/spool"
)

// formatting is one run of "holdfast fmt".
type formatting struct {
	write bool
	diff  bool
	check bool
	color string

	in       io.Reader
	out, err io.Writer
	colored  bool
}

func newFormatCommand() *cobra.Command {
	var f formatting
	c := &cobra.Command{
		Use:   "fmt [-w | --check] [-d] FILE...",
		Short: "Lay out configuration files in one style",
		Long: "Fmt prints each FILE in the canonical style: four blanks for each block that is open, one statement a line,\n" +
			"\"{\" at the end of the line that opens the block, one blank between words, no more than one blank line in a\n" +
			"row. FILE is a name, or - for standard input.\n\n" +
			"Only white space changes, and the place of a \"{\" that stood on a line of its own; keepalived and Holdfast\n" +
			"read the result as they read the file. Comments, definitions, repetitions, \"@id\" lines, quotes and escapes\n" +
			"stay. Each FILE is taken as it is written: includes are not followed.\n\n" +
			"A file that cannot be laid out without guessing, above all one whose braces do not balance, is left as it\n" +
			"is; what is wrong is shown, and the other files are still done.\n\n" +
			"Exit status: 0 done, 1 --check found a file that is not in the style, 2 a file was refused, cannot be read or\n" +
			"cannot be written, or the command line is wrong.",
		Example: "  holdfast fmt -d keepalived.conf\n  holdfast fmt -w /etc/keepalived/*.conf\n" +
			"  holdfast fmt --check conf.d/*.conf || echo \"please run holdfast fmt -w\"",
		Args:                  cobra.MinimumNArgs(1),
		DisableFlagsInUseLine: true,
		RunE: func(c *cobra.Command, files []string) error {
			f.in, f.out, f.err = c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr()
			return f.run(files)
		},
	}
	c.Flags().BoolVarP(&f.write, "write", "w", false, "write the result back, all at once; mode and owner stay")
	c.Flags().BoolVarP(&f.diff, "diff", "d", false, "show what changes, as a unified diff, instead of the result")
	c.Flags().BoolVar(&f.check, "check", false, "name the files that are not in the style, and change nothing")
	c.Flags().StringVar(&f.color, "color", "auto", "color what is wrong: auto, always or never")
	c.MarkFlagsMutuallyExclusive("write", "check")
	return c
}

func (f *formatting) run(files []string) error {
	var err error
	if f.colored, err = colored(f.color, f.err); err != nil {
		return &statusError{statusUnusable, fmt.Errorf("fmt: %w", err)}
	}
	for _, name := range files {
		if name == "-" && f.write {
			return &statusError{statusUnusable, errors.New("fmt: standard input cannot be written back")}
		}
	}
	worst := 0
	for _, name := range files {
		changed, err := f.file(name)
		var done *statusError
		switch {
		case err == nil && changed && f.check:
			worst = max(worst, statusFound)
		case errors.As(err, &done):
			worst = statusUnusable
		case err != nil:
			fmt.Fprintf(f.err, "holdfast: fmt: %v\n", err)
			worst = statusUnusable
		}
	}
	if worst != 0 {
		return &statusError{worst, nil}
	}
	return nil
}

// file formats one file and does with the result what the flags say. A statusError says that all has been said.
func (f *formatting) file(name string) (changed bool, err error) {
	shown, text := name, []byte(nil)
	if name == "-" {
		shown = "<standard input>"
		text, err = io.ReadAll(f.in)
	} else {
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return false, err
	}
	result, findings := format.Source(shown, text)
	if findings.HasErrors() {
		err := diag.Rich(f.err, &findings, diag.RichOptions{
			Color: f.colored, Text: func(string) (string, bool) { return string(text), true },
		})
		return false, errors.Join(&statusError{status: statusUnusable}, err)
	}
	changed = !bytes.Equal(text, result)
	if f.check && changed {
		if _, err := fmt.Fprintln(f.out, shown); err != nil {
			return changed, err
		}
	}
	switch {
	case f.diff:
		_, err = f.out.Write(diff.Diff(shown+".orig", text, shown, result))
	case !f.write && !f.check:
		_, err = f.out.Write(result)
	}
	if err == nil && f.write && changed {
		err = spool.Replace(name, result)
	}
	return changed, err
}
