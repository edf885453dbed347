package main

import (
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// checkKind is how real servers are checked.
type checkKind string

const (
	noCheck   checkKind = ""
	tcpCheck  checkKind = "tcp"
	httpCheck checkKind = "http"
)

const (
	perService = 100  // real servers to a virtual server
	aliveAt    = 8080 // the port of the servers that live
	mortalAt   = 8081 // … and of those that die
	mortals    = 20
)

// farm is real servers behind virtual servers, all of which are addresses of this host.
type farm struct {
	servers int
	kind    checkKind
	delay   int // delay_loop in seconds
	mortals int // servers of one more virtual server, the last one
	weight  int // of each mortal
}

// conf is the farm as a configuration; more comes first.
func (f farm) conf(more string) string {
	check := map[checkKind]string{
		noCheck:  "",
		tcpCheck: "    TCP_CHECK {\n      connect_timeout 3\n      retry 0\n      delay_before_retry 1\n    }\n",
		httpCheck: "    HTTP_GET {\n      url {\n        path /\n        status_code 200\n      }\n" +
			"      connect_timeout 3\n      retry 0\n      delay_before_retry 1\n    }\n",
	}[f.kind]
	var b strings.Builder
	b.WriteString(more)
	service := func(addr netip.Addr) {
		fmt.Fprintf(&b, "virtual_server %s 80 {\n  delay_loop %d\n  lb_algo wrr\n  lb_kind NAT\n  protocol TCP\n  alpha\n", addr, max(f.delay, 1))
	}
	server := func(addr netip.Addr, port, weight int) {
		fmt.Fprintf(&b, "  real_server %s %d {\n    weight %d\n%s  }\n", addr, port, weight, check)
	}
	for i := range f.servers {
		if i%perService == 0 {
			service(serviceAddr(i / perService))
		}
		server(serverAddr(i), aliveAt, 10)
		if i%perService == perService-1 || i == f.servers-1 {
			b.WriteString("}\n")
		}
	}
	if f.mortals > 0 {
		service(mortalService)
		for i := range f.mortals {
			server(mortalAddr(i), mortalAt, max(f.weight, 1))
		}
		b.WriteString("}\n")
	}
	return withGlobals(b.String())
}

func serviceAddr(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{10, 0, byte(i / 250), byte(i%250 + 1)})
}

func serverAddr(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{127, 1, byte(i / 250), byte(i%250 + 1)})
}
func mortalAddr(i int) netip.Addr { return netip.AddrFrom4([4]byte{127, 2, 0, byte(i + 1)}) }

var mortalService = netip.AddrFrom4([4]byte{10, 9, 9, 9})

// newFarmSpace makes a namespace in which many short connections can be made.
func newFarmSpace() (*space, error) {
	s, err := newSpace("farm")
	if err != nil {
		return nil, err
	}
	if err = s.roomy(); err == nil {
		err = s.ip("link set lo up")
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// roomy makes room for many short connections.
func (s *space) roomy() error {
	return s.Do(func() error {
		for name, value := range map[string]string{
			"ipv4/ip_local_port_range": "10000 65000", "ipv4/tcp_max_tw_buckets": "1000000", "core/somaxconn": "1000000",
		} {
			// Some of them are of the first namespace only.
			if err := os.WriteFile("/proc/sys/net/"+name, []byte(value), 0); err != nil && !os.IsNotExist(err) {
				return err
			}
		}
		return nil
	})
}

func listen(at netip.AddrPort) (fd int, err error) {
	if fd, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0); err != nil {
		return -1, err
	}
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	if err = unix.Bind(fd, &unix.SockaddrInet4{Addr: at.Addr().As4(), Port: int(at.Port())}); err == nil {
		err = unix.Listen(fd, 1_000_000)
	}
	if err != nil {
		unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// pageServer answers HTTP at any address of its space, and ends what says nothing, on one thread, with few system calls.
type pageServer struct {
	fd, epoll int
	quit      atomic.Bool
	done      chan struct{}

	counting bool
	mu       sync.Mutex
	served   map[[4]byte]int // by the server's address
}

const page = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n"

func newPageServer(in *space, at netip.AddrPort, counting bool) (*pageServer, error) {
	s := &pageServer{done: make(chan struct{}), epoll: -1, counting: counting, served: map[[4]byte]int{}}
	var err error
	if err = in.Do(func() (err error) { s.fd, err = listen(at); return err }); err != nil {
		return nil, err
	}
	if s.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err == nil {
		err = s.watch(s.fd)
	}
	if err != nil {
		close(s.done)
		s.close()
		return nil, err
	}
	go s.serve()
	return s, nil
}

func (s *pageServer) watch(fd int) error {
	return unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

func (s *pageServer) serve() {
	runtime.LockOSThread()
	defer close(s.done)
	var events [256]unix.EpollEvent
	buffer := make([]byte, 4096)
	for !s.quit.Load() {
		n, _ := unix.EpollWait(s.epoll, events[:], 100) // an interruption is no event
		for i := range max(n, 0) {
			if fd := int(events[i].Fd); fd == s.fd {
				s.accept()
			} else {
				if n, _ := unix.Read(fd, buffer); n > 0 {
					_, _ = unix.Write(fd, []byte(page)) // who has gone needs no answer
				}
				unix.Close(fd)
			}
		}
	}
}

func (s *pageServer) accept() {
	for {
		fd, _, err := unix.Accept4(s.fd, unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC)
		if err != nil {
			return
		}
		if s.counting {
			s.note(fd)
		}
		if s.watch(fd) != nil {
			unix.Close(fd)
		}
	}
}

func (s *pageServer) note(fd int) {
	sa, err := unix.Getsockname(fd)
	if v4, is := sa.(*unix.SockaddrInet4); err == nil && is {
		s.mu.Lock()
		s.served[v4.Addr]++
		s.mu.Unlock()
	}
}

// take returns how many connections each address had since the last take.
func (s *pageServer) take() map[[4]byte]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.served
	s.served = map[[4]byte]int{}
	return m
}

func (s *pageServer) close() {
	s.quit.Store(true)
	<-s.done
	unix.Close(s.fd)
	if s.epoll >= 0 {
		unix.Close(s.epoll)
	}
}
