// Package screen draws the lab: a live picture for terminals, plain lines for everything else, and the
// final table. It turns what is recorded into text and does nothing else; who paints it is not its
// concern, and the same record always gives the same text.
package screen
