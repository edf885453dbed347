// Package names reads the names that a host gives to routing tables, protocols, scopes, realms, types of service and
// interface groups, in /etc/iproute2, and to the protocols of IP, in /etc/protocols.
//
// It reads through a syntax.Source, as the configuration itself is read, so that a recorded configuration keeps the names
// that it was read with. It also tells whether the name of another host leads to an address.
package names
