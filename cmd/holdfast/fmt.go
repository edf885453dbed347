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
			"Exit status: 0 done, 1 a file was refused, or --check found one that is not in the style, 2 the command line\n" +
			"is wrong or a result cannot be written, 3 a file is absent or cannot be read.",
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
		var st *statusError
		switch {
		case err == nil && changed && f.check:
			worst = max(worst, statusFound)
		case errors.As(err, &st):
			worst = max(worst, st.status)
			if st.err != nil {
				fmt.Fprintf(f.err, "holdfast: fmt: %v\n", st.err)
			}
		}
	}
	if worst != 0 {
		return &statusError{worst, nil}
	}
	return nil
}

// file formats one file and does with the result what the flags say. Its errors are statusErrors.
func (f *formatting) file(name string) (changed bool, err error) {
	shown, text := name, []byte(nil)
	if name == "-" {
		shown = "<standard input>"
		text, err = io.ReadAll(f.in)
	} else {
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return false, &statusError{statusAbsent, err}
	}
	result, findings := format.Source(shown, text)
	if findings.HasErrors() {
		err := diag.Rich(f.err, &findings, diag.RichOptions{
			Color: f.colored, Text: func(string) (string, bool) { return string(text), true },
		})
		return false, &statusError{statusFound, err}
	}
	changed = !bytes.Equal(text, result)
	if err := f.deliver(name, shown, text, result); err != nil {
		return changed, &statusError{statusUnusable, err}
	}
	return changed, nil
}

// deliver shows the result, or what it changes, or writes it back.
func (f *formatting) deliver(name, shown string, text, result []byte) error {
	changed := !bytes.Equal(text, result)
	if f.check && changed {
		if _, err := fmt.Fprintln(f.out, shown); err != nil {
			return err
		}
	}
	var err error
	switch {
	case f.diff:
		_, err = f.out.Write(diff.Diff(shown+".orig", text, shown, result))
	case !f.write && !f.check:
		_, err = f.out.Write(result)
	}
	if err == nil && f.write && changed {
		err = spool.Replace(name, result)
	}
	return err
}
