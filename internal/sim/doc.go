// Package sim plays whole VRRP clusters in virtual time: many nodes with several links, one clock, LANs that lose,
// delay, duplicate, reorder and partition, and nodes that crash, are respawned, freeze, sleep, reload, lose links and
// addresses and come back.
//
// The nodes run the daemon's own Engine on configurations that went through the daemon's own language. A
// scenario is a text (see Play); random scenarios are texts as well, so a failing one can be kept as it is. The same text
// always gives the same trace.
//
// The checker has its own idea, made from the node lines, of each router's faults and priority, and demands at every moment:
//
//   - who is MASTER holds the addresses, who is not does not, and they are taken and given up in turn;
//   - FAULT is where the faulty are; the members of a sync group are MASTER together or not at all;
//   - nobody takes over before its timer allows, and everybody does after a farewell, within its skew;
//   - only masters send adverts, with the right priority, without leaving an interval out, and with a farewell at the end;
//   - a backup that was frozen while a master lived does not take over when it wakes;
//   - where everything arrives, two masters are one within two intervals;
//   - a reload is not noticed by routers that it leaves alone;
//   - the successor of a daemon that died goes on as master of what that one held;
//   - who is to step down when an address is removed does so with its group, with a farewell each, and waits for its skew only;
//   - nodes that agree on their configuration believe each other's adverts.
//
// "settled" demands in addition that there is exactly one master, and the right one, of each virtual router.
//
// The last of the list has one exception. An authentication header's number must be higher than every number that the
// receiver sent or believed, and a sender is behind if it has not heard the receiver: because it was restarted, cut off or
// asleep, or because both spoke at the same moment. (keepalived 2.2.7 has the same rule, and two of its masters whose
// adverts always cross refuse each other for as long as they do.) Whoever refuses its master ends by taking over, is heard,
// and answered with a number that all believe, so that the quarrel is over within a master-down time; but a member of a
// sync group whose other members see no reason to take over refuses until the master's count has passed its own.
package sim
