// Package editor makes syntax definitions of the language for editors out of its keyword table: for Vim, and a TextMate
// grammar, which other editors read too. A keyword is highlighted in the blocks that take it and nowhere else, so that a
// misspelt or misplaced one is seen while it is written.
package editor
