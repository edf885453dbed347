// Package show writes what a configuration comes to: every setting with the value that is in force and where it
// comes from, as text that reads like a keepalived.conf, or as JSON.
//
// It walks the structs of conf by reflection, so a new field shows by itself: under the keyword that its name spells,
// or the one that the table in names.go gives it.
package show
