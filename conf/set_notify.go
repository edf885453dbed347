package conf

import (
	"strings"

	"holdfast/conf/diag"
	"holdfast/conf/syntax"
)

// command reads a script keyword's words: the command, then the account. The command is split twice, as
// keepalived does: once for the line, once for what is inside the quotes.
func (d *decoder) command(n *syntax.Node) (*Command, bool) {
	raw := n.Raw()
	args, _ := syntax.Argv(raw)
	if len(args) < 2 {
		return nil, false
	}
	inner, open := syntax.Argv(args[1].Text)
	at, _ := n.RawSpan(args[1].From, args[1].To)
	if open >= 0 {
		w := syntax.NewWord(args[1].Text, at, n.Keyword.Via())
		d.fault(n, w, "unmatched-quote", "a quote inside the command is never closed",
			"String '"+args[1].Text+"': missing terminating "+args[1].Text[open:open+1], "the line is ignored")
		return nil, false
	}
	if len(inner) == 0 {
		return nil, false
	}
	c := &Command{At: at}
	for _, a := range inner {
		c.Argv = append(c.Argv, a.Text)
	}
	rest := args[2:]
	for i, a := range rest {
		if !a.Quoted && foreignWord(a.Text) {
			rest = rest[:i]
			d.trailingComment(n, a)
			break
		}
	}
	if len(rest) > 0 {
		c.User = rest[0].Text
	}
	if len(rest) > 1 {
		c.Group = strings.TrimPrefix(rest[1].Text, ":")
	}
	return c, true
}

func (d *decoder) trailingComment(n *syntax.Node, a syntax.Arg) {
	at, via := n.RawSpan(a.From, a.To)
	d.report(n, syntax.NewWord("", at, via), diag.Diagnostic{
		Severity: diag.Warning, Code: "foreign-comment",
		Summary: "'" + commentSign(a.Text) + "' does not begin a comment in this language",
		Effect:  "ignored from here to the end of the line", Suggest: "begin comments with # or !",
	})
}

// notify sets one notify script; a second one is ignored. who begins keepalived's line: "(NAME) ".
func (d *decoder) notify(n *syntax.Node, who string, to **Command) {
	c, ok := d.command(n)
	if !ok {
		return
	}
	if *to != nil {
		d.fault(n, n.Keyword, "duplicate-keyword", n.Keyword.Text+" is given already, at "+(*to).At.String(),
			who+n.Keyword.Text+" script already specified - ignoring "+strings.Join(c.Argv, " "), "the line is ignored")
		return
	}
	*to = c
}

func (d *decoder) setNotifyDeleted(n *syntax.Node) {
	who := "(" + d.inst.Name + ") "
	if d.inst.NotifyDeleted.Set() {
		rest := ""
		if c, ok := d.command(n); ok {
			rest = strings.Join(c.Argv, " ")
		}
		d.fault(n, n.Keyword, "duplicate-keyword", "notify_deleted is given already",
			who+"notify_deleted already specified - ignoring "+rest, "the line is ignored")
		return
	}
	d.inst.NotifyDeleted = value(true, n.Keyword)
	if len(n.Args) > 0 {
		d.notify(n, who, &d.inst.Notify.Deleted)
	}
}
