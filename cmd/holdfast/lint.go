package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/conf/diag"
	"holdfast/conf/lint"
	"holdfast/conf/syntax"
	"holdfast/internal/role/super"
)

// linting is one run of "holdfast lint".
type linting struct {
	json     bool
	color    string
	strict   bool
	only     []string
	skip     []string
	configID string
	peerID   string
}

func newLintCommand() *cobra.Command {
	var k linting
	c := &cobra.Command{
		Use:   "lint A.conf [B.conf]",
		Short: "Say what configuration files will not do, though nothing is wrong with them",
		Long: "Lint reads the file of one node, or the files of both nodes of a pair, and shows what bites when something\n" +
			"fails: weights that never move an address, nodes that refuse each other's adverts, checks that are slower\n" +
			"than their period. Errors that \"holdfast check\" finds are shown as well, and those of its warnings that say that\n" +
			"something written is not in force.\n\n" +
			"\"holdfast explain-code CODE\" explains a finding; docs/lint.md has all rules.\n\n" +
			"Exit status: 0 nothing worse than an info, 1 warnings or errors were found (with --strict: anything),\n" +
			"2 the command line is wrong, 3 a file is not there or cannot be read.",
		Example: "  holdfast lint /etc/keepalived/keepalived.conf\n" +
			"  holdfast lint lb1.conf lb2.conf\n" +
			"  holdfast lint -i lb1 --peer-id lb2 shared.conf\n" +
			"  holdfast lint --skip LINT053,LINT113 lb1.conf lb2.conf",
		Args: cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, files []string) error { return k.run(files, c.OutOrStdout()) },
	}
	c.Flags().BoolVar(&k.json, "json", false, "write one JSON document instead of text")
	c.Flags().StringVar(&k.color, "color", "auto", "color the text: auto, always or never")
	c.Flags().BoolVar(&k.strict, "strict", false, "exit with status 1 also for findings of severity info")
	c.Flags().StringSliceVar(&k.only, "only", nil, "show only findings with these codes")
	c.Flags().StringSliceVar(&k.skip, "skip", nil, "leave out findings with these codes")
	c.Flags().StringVarP(&k.configID, "config-id", "i", "", "what \"@id\" lines are compared with (default: the node name)")
	c.Flags().StringVar(&k.peerID, "peer-id", "", "the same for the other node; with one file: the pair shares it")
	return c
}

func (k *linting) run(files []string, out io.Writer) error {
	color, err := colored(k.color, out)
	if err != nil {
		return &statusError{statusUnusable, fmt.Errorf("lint: %w", err)}
	}
	for _, code := range slices.Concat(k.only, k.skip) {
		if _, ok := explanation(code); !ok {
			return &statusError{statusUnusable, fmt.Errorf("lint: there is no code %s%s", code, nearCode(code))}
		}
	}
	disk := syntax.NewRecorder(super.Disk{}) // the snippets show what was judged
	found, err := k.look(disk, files)
	if err != nil {
		return err
	}
	if err := k.render(out, disk, found, color); err != nil {
		return &statusError{statusUnusable, err}
	}
	if found.Count(diag.Error)+found.Count(diag.Warning) > 0 || k.strict && found.Len() > 0 {
		return &statusError{statusFound, nil}
	}
	return nil
}

// look loads the files and returns what the rules and the reader have to say.
func (k *linting) look(src syntax.Source, files []string) (*diag.List, error) {
	ids := []string{k.configID, k.peerID}
	if k.peerID == "" {
		ids[1] = k.configID
	}
	paths := files
	if len(files) == 1 && k.peerID != "" {
		paths = []string{files[0], files[0]}
	}
	var nodes []lint.File
	var read diag.List
	for i, path := range paths {
		if err := readable(src, path); err != nil {
			return nil, err
		}
		cfg, findings := loader(&command{Flags: super.Flags{ConfigID: ids[i]}}, 0)(src, path)
		nodes = append(nodes, lint.File{Name: path, Config: cfg})
		read.Join(findings)
	}
	if len(nodes) == 2 && nodes[0].Name == nodes[1].Name {
		nodes[0].Name += " as " + cmp.Or(k.configID, nodeName())
		nodes[1].Name += " as " + cmp.Or(k.peerID, nodeName())
	}
	rules := lint.One(nodes[0])
	if len(nodes) == 2 {
		rules = lint.Two(nodes[0], nodes[1])
	}
	return k.choose(&read, &rules), nil
}

// meanings are the codes of the reader's warnings that are a linter's business too: what is left of a configuration is not what
// was written. Other warnings are for "holdfast check".
var meanings = []string{
	"advert-interval", "auth-ah-master", "auth-no-password", "auth-pass-cut", "auth-version", "default-protocol", "duplicate-server",
	"hmac-and-authentication", "hmac-no-key", "hysteresis", "lonely-group", "needs-nopreempt", "no-address", "no-real-server",
	"ops-needs-udp", "own-interface", "port-mismatch", "port-zero", "preempt", "quorum", "strict-mode", "too-many-addresses",
	"two-groups", "unicast-group", "unicast-no-peer", "useless-weight",
}

// choose joins the two lists. Where a rule speaks about a word, the reader does not; what the two files of a pair share is told once.
func (k *linting) choose(read, rules *diag.List) *diag.List {
	type key struct {
		at      diag.Span
		code    string
		summary string
	}
	spoken, seen := map[diag.Span]bool{}, map[key]bool{}
	for _, d := range rules.All() {
		spoken[d.At] = true
	}
	var all diag.List
	take := func(d diag.Diagnostic) {
		id := key{d.At, d.Code, d.Summary}
		if seen[id] || slices.Contains(k.skip, d.Code) || len(k.only) > 0 && !slices.Contains(k.only, d.Code) {
			return
		}
		seen[id] = true
		all.Add(d)
	}
	for _, d := range read.All() {
		if d.Severity == diag.Error || d.Severity == diag.Warning && slices.Contains(meanings, d.Code) && !spoken[d.At] {
			take(d)
		}
	}
	for _, d := range rules.All() {
		take(d)
	}
	all.Sort()
	return &all
}

func (k *linting) render(out io.Writer, src syntax.Source, found *diag.List, color bool) error {
	if k.json {
		return diag.JSON(out, found)
	}
	err := diag.Rich(out, found, diag.RichOptions{Color: color, Text: func(file string) (string, bool) {
		text, err := src.ReadFile(file)
		return string(text), err == nil
	}})
	if err != nil {
		return err
	}
	if found.Len() == 0 {
		_, err = fmt.Fprintln(out, "nothing found")
		return err
	}
	var parts []string
	for _, c := range []struct {
		n    int
		noun string
	}{{found.Count(diag.Error), "error"}, {found.Count(diag.Warning), "warning"}, {found.Count(diag.Info), "info"}} {
		if c.n > 0 {
			parts = append(parts, plural(c.n, c.noun))
		}
	}
	_, err = fmt.Fprintf(out, "%s; \"holdfast explain-code %s\" says more\n", strings.Join(parts, ", "), found.All()[0].Code)
	return err
}
