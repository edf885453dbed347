// Package format lays out a keepalived.conf in one canonical style and leaves its meaning alone.
//
// It works on one file as it is written: includes are not followed, definitions and repetitions are not expanded,
// lines for other hosts ("@id") stay. Only white space, line ends and the place of a "{" that stands on a line of its
// own change; words, quotes, comments and their order do not. Where a line's meaning hangs on how it is written,
// the line keeps its text and only its indentation changes.
package format
