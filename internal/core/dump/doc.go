// Package dump words a configuration, and what became of it on this machine, as keepalived 2.2.7 logs them with
// -d (--dump-conf): a list of lines for each of its sections, in its order and spelling.
//
// What this program does not have is told as keepalived tells what is turned off. Lines about parts that only a
// different build of keepalived would have (libnftnl) are left out. Pure: whoever calls says what the machine is like.
package dump
