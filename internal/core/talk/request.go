package talk

import (
	"net/netip"

	"holdfast/conf"
)

// NewHTTP gives the conversation about u. protocol is "1.0", "1.0C" or "1.1"; host is the Host header, empty for the address and
// port of to.
func NewHTTP(u *conf.URL, protocol, host string, to netip.AddrPort) *HTTP {
	h := &HTTP{
		request: request(u.Path.V, protocol, host, to),
		status:  u.Status, digest: u.Digest.V, hashes: u.Digest.Set(), match: compile(&u.Regex),
	}
	return h
}

// request gives the request, byte for byte as keepalived has it.
func request(path, protocol, host string, to netip.AddrPort) []byte {
	version, closing := "1.0", ""
	switch protocol {
	case "1.1":
		version, closing = "1.1", "Connection: close\r\n"
	case "1.0C":
		closing = "Connection: close\r\n"
	}
	if host == "" {
		host = to.String() // with the port, always; IPv6 in brackets
		if zone := to.Addr().Zone(); zone != "" {
			host = netip.AddrPortFrom(to.Addr().WithZone(""), to.Port()).String()
		}
	}
	return []byte("GET " + path + " HTTP/" + version + "\r\nUser-Agent: KeepAliveClient\r\n" + closing + "Host: " + host + "\r\n\r\n")
}
