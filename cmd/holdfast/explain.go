package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/conf/diag"
	"holdfast/conf/explain"
	"holdfast/conf/lint"
)

func newExplainCodeCommand() *cobra.Command {
	var list bool
	c := &cobra.Command{
		Use:   "explain-code CODE...",
		Short: "Explain a finding of check or lint by its code",
		Long: "Explain-code says what a finding means, why it hurts, shows an example and says how to mend it. The code is what\n" +
			"stands in brackets behind a finding, as in [unknown-keyword] or [LINT001].\n\n" +
			"Exit status: 0, or 2 if there is no such code.",
		Example: "  holdfast explain-code LINT001\n  holdfast explain-code --list",
		Args: func(c *cobra.Command, args []string) error {
			if list {
				return cobra.NoArgs(c, args)
			}
			return cobra.MinimumNArgs(1)(c, args)
		},
		RunE: func(c *cobra.Command, codes []string) error {
			if list {
				return listCodes(c.OutOrStdout())
			}
			return explainCodes(c.OutOrStdout(), codes)
		},
	}
	c.Flags().BoolVar(&list, "list", false, "list all codes with their titles")
	return c
}

func explainCodes(out io.Writer, codes []string) error {
	var texts []string
	for _, code := range codes {
		t, ok := explanation(code)
		if !ok {
			return &statusError{statusUnusable, fmt.Errorf("explain-code: there is no code %s%s", code, nearCode(code))}
		}
		texts = append(texts, t.String())
	}
	if _, err := io.WriteString(out, strings.Join(texts, "\n")); err != nil {
		return &statusError{statusUnusable, err}
	}
	return nil
}

// explanations are those of all codes: the rules of lint first.
func explanations() []explain.Text {
	var all []explain.Text
	for _, r := range lint.Rules() {
		all = append(all, r.Text)
	}
	return slices.Concat(all, explain.All())
}

// explanation finds a code; capitals and brackets do not matter.
func explanation(code string) (explain.Text, bool) {
	code = strings.Trim(code, "[]")
	for _, t := range explanations() {
		if strings.EqualFold(t.Code, code) {
			return t, true
		}
	}
	return explain.Text{}, false
}

// nearCode proposes a code for a misspelt one, as the end of a sentence.
func nearCode(code string) string {
	var codes []string
	for _, t := range explanations() {
		codes = append(codes, t.Code)
	}
	if near := diag.Nearest(code, codes); near != "" {
		return "; did you mean " + near + "?"
	}
	return "; \"holdfast explain-code --list\" lists them"
}

func listCodes(out io.Writer) error {
	for _, t := range explanations() {
		if _, err := fmt.Fprintf(out, "%-26s %s\n", t.Code, t.Title); err != nil {
			return &statusError{statusUnusable, err}
		}
	}
	return nil
}
