// Package guest holds the tests that need a kernel with IPVS: they run in a User-mode-Linux guest (package uml). The scenes in
// testdata are played to the distribution's keepalived and to ours at once (package scene), and what the two do must be equal.
// The published clusters, and what goes wrong around them, are played in networks of package test/netns/lab, with clients that are served.
package guest
