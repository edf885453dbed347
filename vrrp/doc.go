// Package vrrp is the Virtual Router Redundancy Protocol as a value: the advertisement on the wire and
// the Instance machine that decides who is master. It opens no socket, reads no clock, starts no
// goroutine and writes no log; events and the time go in, actions come out.
//
// An Instance is one virtual router on one interface (RFC 3768 §6.4):
//
//	        Start            master silent / farewell            Stop
//	INIT ──────────▶ BACKUP ─────────────────────────▶ MASTER ──────────▶ INIT
//	  │                ▲  ▲     better advert heard       │
//	  │                │  └───────────────────────────────┤
//	  │ fault    fault │ all faults gone                  │ fault
//	  └──────▶ FAULT ──┘◀─────────────────────────────────┘
//
// Drive it like this: call Step with what happened and the time, carry out the returned actions in
// order, and call Step(Deadline, Tick{}) when the deadline comes. The order of actions is part of the
// contract: on taking over, the advert comes before the addresses, so that an old master hears it and
// lets go before our gratuitous ARP says otherwise.
//
// Version 2 over IPv4 is spoken (RFC 3768, with the two kinds of authentication of RFC 2338).
package vrrp
