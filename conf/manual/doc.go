// Package manual is the reference of the language, docs/keywords.md, made from the keyword table of package conf: its blocks in a
// reader's order with what each is for, and for every keyword its grammar, default, first release, status and meaning,
// and an example.
package manual
