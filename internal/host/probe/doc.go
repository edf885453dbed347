// Package probe carries the conversations of checkers over sockets.
//
// A Prober is one epoll loop that its owner drives by Wait: no goroutine, no timer and no lock for a check. TCP, UDP,
// ICMP echo and plain HTTP, SMTP and DNS run in it. What must encrypt or may compute for long runs on a few
// goroutines of its own and reports through the same Wait.
//
//	owner ── Start, Cancel ──▶ Prober ── sockets, one heap of deadlines
//	  ▲                          │
//	  └── results, woken ◀─ Wait ┘◀── Wake (anybody)
//
// System calls of a TCP check: socket, connect, epoll_ctl, close, and a share of an epoll_wait; an HTTP check sends and reads twice beside
// that. What a socket is watched for is never changed (edge triggered), and timers are one heap and the timeout of epoll_wait.
package probe
