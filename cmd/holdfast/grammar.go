package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"holdfast/conf"
	"holdfast/conf/editor"
)

func newGrammarCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "grammar vim|textmate",
		Short: "Print a syntax definition of keepalived.conf for an editor",
		Long: "Grammar prints how an editor tells the words of keepalived.conf apart: keywords in the blocks that take\n" +
			"them, options, addresses, definitions, comments. It is made from the keyword table of this program, so it\n" +
			"knows every keyword that the daemon knows; a word that its block does not have is shown as an error.\n\n" +
			"vim       a syntax file. With Vim:\n" +
			"            mkdir -p ~/.vim/syntax ~/.vim/ftdetect\n" +
			"            holdfast grammar vim > ~/.vim/syntax/keepalived.vim\n" +
			"            echo 'autocmd BufNewFile,BufRead keepalived*.conf setfiletype keepalived' > ~/.vim/ftdetect/keepalived.vim\n" +
			"          With Neovim the directory is ~/.config/nvim.\n" +
			"textmate  a grammar in TextMate's JSON, which Visual Studio Code, Sublime Text and TextMate\n" +
			"          read. The scope is source.keepalived.\n\n" +
			"Exit status: 0 it was printed, 2 the command line is wrong.",
		Example:   "  holdfast grammar vim > ~/.vim/syntax/keepalived.vim\n  holdfast grammar textmate > keepalived.tmLanguage.json",
		Args:      cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs),
		ValidArgs: []string{"vim", "textmate"},
		RunE: func(c *cobra.Command, args []string) error {
			if err := printGrammar(c.OutOrStdout(), args[0]); err != nil {
				return &statusError{statusUnusable, err}
			}
			return nil
		},
	}
}

func printGrammar(w io.Writer, kind string) error {
	if kind == "vim" {
		_, err := io.WriteString(w, editor.Vim(conf.Keywords()))
		return err
	}
	text, err := editor.TextMate(conf.Keywords())
	if err != nil {
		return fmt.Errorf("grammar: %w", err)
	}
	_, err = w.Write(text)
	return err
}
