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
	return []byte("GET " + path + " HTTP/" + version + "\r\nUser-Agent: " + agent + "\r\n" + closing + "Host: " + hostOr(host, to) + "\r\n\r\n")
}

// agent is what requests say of us. compat: keepalived's.
const agent = "KeepAliveClient"

// hostOr is host or, without one, the address with its port, always; IPv6 in brackets.
func hostOr(host string, to netip.AddrPort) string {
	if host != "" {
		return host
	}
	return netip.AddrPortFrom(to.Addr().WithZone(""), to.Port()).String()
}
