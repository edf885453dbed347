// Package netns makes network namespaces that ip-netns(8) knows by name, each with a thread that lives in it: what opens
// sockets or starts programs on that thread does so inside. Connect opens a connection there and waits for it elsewhere.
package netns
