package editor

import (
	"fmt"
	"strings"

	"holdfast/conf"
)

// vimHead is what does not depend on the table. Comments and strings come last in the file: of two items that match at one
// place Vim takes the one defined later.
const vimHead = `" Vim syntax file
" Language:    keepalived.conf
" Made from Holdfast's keyword table ("holdfast grammar vim"); do not edit.

if exists("b:current_syntax")
  finish
endif

syntax case match
syntax sync fromstart

`

const vimTail = `
syntax match keepalivedNumber /\v<[+-]?\d+%(\.\d+)?>/ contained
syntax match keepalivedAddress /\v<\d+%(\.\d+){3}%([-\/]\d+)?>/ contained
syntax match keepalivedAddress /\v<\x*:\x*:[0-9a-fA-F:.]*%(\/\d+)?/ contained
syntax match keepalivedBoolean /\v<%(on|off|true|false|yes|no)>/ contained
syntax match keepalivedRepeat /\v\~%(SEQx?|LST)\([^)]*\)/
syntax match keepalivedCondition /\v^\s*\zs\@\^?\S*/
syntax match keepalivedDefinition /\v^\s*%(\@\^?\S+\s+)?\zs\$\h\w*\ze\=/
syntax match keepalivedReference /\v\$\{\h\w*%(\s+[^}]*)?\}|\$\h\w*>\=@!/
syntax match keepalivedEscape /\v\\[#!]/
syntax match keepalivedContinuation /\v\\\s*$/
syntax region keepalivedString start=/"/ end=/"/ oneline contains=keepalivedReference
syntax match keepalivedComment /\v\\@1<![#!].*$/ contains=@Spell

syntax cluster keepalivedValues contains=keepalivedNumber,keepalivedAddress,keepalivedBoolean,keepalivedConstant
syntax cluster keepalivedAnywhere contains=keepalivedInclude,keepalivedRepeat,keepalivedCondition,keepalivedDefinition,keepalivedReference,keepalivedEscape,keepalivedContinuation,keepalivedString,keepalivedComment

highlight default link keepalivedAddress Constant
highlight default link keepalivedBlock Statement
highlight default link keepalivedBoolean Boolean
highlight default link keepalivedBrace Delimiter
highlight default link keepalivedComment Comment
highlight default link keepalivedCondition PreCondit
highlight default link keepalivedConstant Constant
highlight default link keepalivedContinuation Special
highlight default link keepalivedDefinition Define
highlight default link keepalivedEscape Special
highlight default link keepalivedInclude Include
highlight default link keepalivedKeyword Identifier
highlight default link keepalivedNumber Number
highlight default link keepalivedObsolete Todo
highlight default link keepalivedOption Type
highlight default link keepalivedReference PreProc
highlight default link keepalivedRepeat Repeat
highlight default link keepalivedString String
highlight default link keepalivedUnknown Error

let b:current_syntax = "keepalived"
`

// A statement begins a line or stands behind a brace, and its keyword ends at white space, a brace, a quote or a comment. A
// condition or a repetition may be in front of it.
const (
	vimLead = `\v%(^|[{}])\s*%(\@\^?\S+\s+)?%(\~\a+\([^)]*\)\s*)*\zs`
	vimEnd  = `\ze%([[:blank:]{}"#!]|$)`
	vimWord = vimLead + `[[:alpha:]_][[:alnum:]_-]*` + vimEnd
)

// Vim returns a syntax file for Vim.
func Vim(table []conf.Keyword) string {
	l := arrange(table)
	var b strings.Builder
	b.WriteString(vimHead)
	fmt.Fprintf(&b, "syntax match keepalivedUnknown /%s/ contained\n", vimWord)
	fmt.Fprintf(&b, "syntax match keepalivedConstant /\\v<%%(%s)>/ contained\n", alternatives(l.constants))
	for _, bl := range l.blocks {
		b.WriteString("\n")
		bl.vim(&b)
	}
	fmt.Fprintf(&b, "\nsyntax match keepalivedInclude /%s%%(%s)%s/\n", vimLead, alternatives(l.includes), vimEnd)
	b.WriteString(vimTail)
	return b.String()
}

// vim writes what stands within a block, as the cluster In_ID.
func (b *block) vim(w *strings.Builder) {
	contained := " contained"
	if b.id == "root" {
		contained = ""
	}
	if b.id == "root" {
		fmt.Fprintf(w, "syntax match keepalivedUnknown_root /%s/\nhighlight default link keepalivedUnknown_root keepalivedUnknown\n", vimWord)
	}
	for _, g := range []struct {
		group string
		words []string
	}{{"keepalivedKeyword", b.keywords}, {"keepalivedObsolete", b.obsolete}} {
		if len(g.words) > 0 {
			fmt.Fprintf(w, "syntax match %s_%s /%s%%(%s)%s/%s\n", g.group, b.id, vimLead, alternatives(g.words), vimEnd, contained)
			fmt.Fprintf(w, "highlight default link %s_%s %s\n", g.group, b.id, g.group)
		}
	}
	if len(b.options) > 0 {
		fmt.Fprintf(w, "syntax match keepalivedOption_%s /\\v%%(^|[[:blank:]{])@1<=%%(%s)%s/ contained\n", b.id, alternatives(b.options), vimEnd)
		fmt.Fprintf(w, "highlight default link keepalivedOption_%s keepalivedOption\n", b.id)
	}
	members := []string{"@keepalivedValues", "@keepalivedAnywhere"}
	if !b.entries {
		members = append(members, "keepalivedUnknown")
	}
	for _, o := range b.openers {
		name := "keepalivedRegion_" + b.id + "_" + ident(o.keyword)
		group := "keepalivedBlock"
		if o.obsolete {
			group = "keepalivedObsolete"
		}
		fmt.Fprintf(w, "syntax region %s matchgroup=%s start=/%s%s%s/ matchgroup=keepalivedBrace end=/}/%s fold transparent contains=@keepalivedIn_%s\n",
			name, group, vimLead, o.keyword, vimEnd, contained, o.block.id)
		members = append(members, name)
	}
	for _, g := range []string{"Keyword", "Obsolete", "Option"} {
		if g == "Keyword" && len(b.keywords) > 0 || g == "Obsolete" && len(b.obsolete) > 0 || g == "Option" && len(b.options) > 0 {
			members = append(members, "keepalived"+g+"_"+b.id)
		}
	}
	fmt.Fprintf(w, "syntax cluster keepalivedIn_%s contains=%s\n", b.id, strings.Join(members, ","))
}

// alternatives joins words for a very magic pattern.
func alternatives(words []string) string {
	return strings.Join(longestFirst(words), "|")
}
