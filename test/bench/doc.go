// Command bench measures keepalived and Holdfast side by side and prints a table of figures with ratios.
//
//	make bench                      # everything, some fifty minutes
//	go run ./test/bench -quick      # fewer and shorter runs, a quarter of an hour
//	go run ./test/bench -only kill9,advert -json
//
// It needs root, iproute2, strace and Debian's keepalived. Both daemons get the same configuration and the same flags,
// and take turns or run side by side within each case, so that the noise of a shared machine falls on both. All traffic
// stays in network namespaces that the program makes and removes.
//
// What happened is read off the wire: packet sockets with the kernel's receive stamps, that nobody reads while the
// moment lasts, so that the observer takes no processor from the observed. docs/performance.md says what each figure
// means and holds the last table.
package main
