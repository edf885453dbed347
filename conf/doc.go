// Package conf is the language of keepalived.conf: the keyword table, the typed configuration, the
// decoder that makes the one from the other, and the checks over the whole.
//
// Load reads a configuration through a syntax.Source and returns what it means together with
// everything that is wrong with it. It never stops at the first fault, never writes a global, opens
// nothing by itself and looks at no host: what depends on the machine (interfaces, users, script
// files) is judged later by the roles. After Load every Value holds what is in force: the word in the file,
// an inherited global, or the default; its At says which.
package conf
