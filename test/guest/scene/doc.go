// Package scene plays one script of events to several daemons at once, each in a network namespace of its own with servers of its
// own, and compares what they did about each event: what they logged, the scripts they ran, the lines of their FIFO, and the
// kernel's IPVS table as ipvsadm(8) saves it. The first daemon is the judge: the script says what must be seen of it.
//
// A scene is a txtar archive. Its comment is the script; its files are written to the daemon's own directory, where $W stands for
// that directory, and those that begin with "#!" are made executable. Two scripts are always there: n.sh, for notifications, and
// chk.sh N, a check that exits with what the file rc.N says; so are cert.pem and key.pem. Lines of the script:
//
//	serve NAME KIND ADDR:PORT   a server of the test's own begins to listen; see kinds in server.go. Without KIND it begins again.
//	set NAME KEY VALUE          how it answers from now on; "unset NAME" forgets it all
//	kill NAME                   it listens no more
//	exec NAME PROGRAM ARG...    a program of the system is started; "kill NAME" ends it
//	freeze NAME, thaw NAME      such a program does nothing for a while
//	open ADDR:PORT              goes on when somebody listens there
//	cut ADDR, heal ADDR         what is sent to that address of the host vanishes; and again does not
//	address ADDR, noaddress A   the host gets an address, and loses it
//	link NAME ADDR/BITS         there is a link of that name, which leads nowhere
//	write FILE TEXT             a file is replaced; "remove FILE"
//	ipvsadm ARG...              somebody else changes the table
//	look PROGRAM ARG...         what a program says is compared too
//	memory MIB                  the daemon's processes have no more memory than that when the event is over
//	data                        what the daemon writes into keepalived_check.data on SIGUSR1 is compared too
//	never TEXT                  no daemon says this (a part of a line) until the event is over
//	start FILE [OPTION...]      the daemon begins, with that configuration
//	reload FILE                 it gets SIGHUP, with another one; without FILE with the same
//	stop                        it gets SIGTERM and has ended
//	step TITLE                  an event of the script begins: what follows, up to the next one, is compared together
//	until TEXT                  the event is not over before the judge has said this (a part of a line) since it began
//	checked NAME N              nor before N more checks of every daemon have come to this server
//	quiet DURATION              nor before all have said nothing for so long; it is half a second else
//	patience DURATION           how long it may take; 40 seconds else
//	noscripts                   which scripts ran is not compared: keepalived does not wait for them when it stops
//	except TEXT                 lines with this part are not compared; a comment says why the daemons differ. In front of the first step it
//	                            holds for all. It is an error if there is no such line.
//	maybe TEXT                  the same of lines that are there by chance
//	unordered                   the log lines of this event come in any order
package scene
