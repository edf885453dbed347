// Package talk holds what checkers say to servers and what they must hear from them: one file for each keyword
// (tcp.go, http.go, smtp.go, dns.go, udp.go, ping.go, grpc.go). http2.go is HTTP_GET by another protocol, h2.go what it shares with
// grpc.go; tls.go is the tls block.
//
// Calls turns a checker's configuration into calls; a Call names whom to reach and how, and its Talk is the
// conversation. A Talk never waits and knows no clock: package probe carries the bytes and tells it when no more
// come.
//
//	        Open ──▶ bytes to send
//	bytes ─▶ Hear ──▶ bytes to send, done?
//	silence ▶ Hear ──▶ done              ──▶ Verdict
//
// Digest (digest.go) is HTTP's for genhash, which wants the sum and judges nothing.
//
// A checker kind of its own is one file here that registers itself by its keyword.
package talk
