// Package reason puts decisions of the protocol and what they rest on into sentences for people:
//
//	MASTER since 2026-11-20 08:10:16: no advert from 10.0.0.1 for 3.61 s; base 100, chk_nginx -10, effective 90
//
// and keeps the recent ones. Pure: whoever calls says what was decided, when, and what the world was like.
package reason
