// Package spool puts whole files where others will look for them: readers see the old text or the new one and never a part, and
// nothing that lies in the way, a symbolic link above all, is followed or written to.
package spool
