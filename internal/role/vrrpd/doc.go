// Package vrrpd is the role that runs the VRRP instances.
//
// It is five parts, and the walls between them are the point:
//
//   - the urgent loop (loop.go): one locked thread with its sockets, its timer and the Engine. It takes
//     from one lock-free ring (inbox) and gives to another (reports); it shares no lock and no queue with anything
//     that can be slow;
//   - the world (world.go): follows links and addresses, and tells the loop each instance's conditions;
//     its tracker (tracker.go) runs the tracking scripts, each on a patrol of its own (patrol.go);
//   - the hand (hand.go): installs and removes addresses in batches and sends the announcements;
//   - the courier (courier.go): has the kernel's sync daemons run that a router's state asks for (lvs_sync_daemon);
//   - the teller (teller.go): turns reports into log lines and notify scripts.
//
// The Engine (engine.go) is pure: packets, conditions and the time go in; sends, ownership and reports come out through
// Ports. The simulator drives the same Engine.
package vrrpd
