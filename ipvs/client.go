package ipvs

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/mdlayher/genetlink"
	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"holdfast/ipvs/internal/abi"
)

// Options of Dial. The zero value is the network namespace of the calling thread.
type Options struct {
	// NetNS is an open file descriptor of the network namespace whose table is meant; 0: that of the calling thread. It is
	// needed during Dial only. Another namespace than one's own needs CAP_SYS_ADMIN.
	NetNS int
}

// answerWithin bounds the wait for an answer that the kernel, as a rule, has given before the request was sent.
const answerWithin = 10 * time.Second

// receiveBuffer is more than the longest datagram of a dump, so that nothing has to be asked for its length first.
const receiveBuffer = 64 << 10

// Client is a connection to the IPVS of one network namespace. Its methods may be called concurrently; they wait for each other.
type Client struct {
	mu     sync.Mutex
	conn   *netlink.Conn
	family uint16
	broken error
	memory encoder // of the messages of a batch
}

// Dial connects to the kernel. Without IPVS in it the error is a *MissingError that names the module ip_vs.
func Dial(o Options) (*Client, error) {
	conn, err := netlink.Dial(unix.NETLINK_GENERIC, &netlink.Config{NetNS: o.NetNS, MessageBufferSize: receiveBuffer})
	if err != nil {
		return nil, fmt.Errorf("ipvs: connect to the kernel: %w", err)
	}
	// Kernels before 4.12 have no text for their errors.
	if err = conn.SetOption(netlink.ExtendedAcknowledge, true); err != nil && !errors.Is(err, unix.ENOPROTOOPT) {
		return nil, errors.Join(fmt.Errorf("ipvs: connect to the kernel: %w", err), conn.Close())
	}
	c, err := New(conn)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return c, nil
}

// New makes a Client of a connection for generic netlink. After it the connection is the Client's; if it fails, the caller's.
func New(conn *netlink.Conn) (*Client, error) {
	f, err := genetlink.NewConn(conn).GetFamily(abi.Name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, &MissingError{What: "IPVS", Modules: []string{"ip_vs"}, Err: err}
	}
	if err != nil {
		return nil, fmt.Errorf("ipvs: look for the family %s: %w", abi.Name, err)
	}
	return &Client{conn: conn, family: f.ID}, nil
}

// Close ends the connection. Nothing changes in the kernel.
func (c *Client) Close() error { return c.conn.Close() }

// Broken returns nil, or what has made the Client useless: see ErrBroken.
func (c *Client) Broken() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.broken
}

// message makes a netlink message of a command and its attributes, in memory of e's.
func (c *Client) message(e *encoder, command uint8, flags netlink.HeaderFlags, fill func(*encoder) error) (netlink.Message, error) {
	at := len(e.b)
	e.b = append(e.b, command, abi.Version, 0, 0) // struct genlmsghdr
	e.err = nil
	if fill != nil {
		if err := fill(e); err != nil {
			return netlink.Message{}, err
		}
	}
	return netlink.Message{
		Header: netlink.Header{Type: netlink.HeaderType(c.family), Flags: netlink.Request | flags},
		Data:   e.b[at:len(e.b):len(e.b)],
	}, e.err
}

// genlHeader is the length of struct genlmsghdr.
const genlHeader = 4

// start begins an exchange; the caller has the lock.
func (c *Client) start() error {
	if c.broken != nil {
		return fmt.Errorf("%w since: %w", ErrBroken, c.broken)
	}
	return nil
}

// sent bounds the wait for the answer, once the kernel has been given the request: it does the work while it takes it. A connection
// of a test has no deadline.
func (c *Client) sent() error {
	if err := c.conn.SetReadDeadline(time.Now().Add(answerWithin)); err != nil && !isUnsupported(err) {
		return c.fail(err)
	}
	return nil
}

// isUnsupported recognizes what netlink.Conn says when it stands on something that is not the kernel.
func isUnsupported(err error) bool {
	var op *netlink.OpError
	var errno syscall.Errno
	return errors.As(err, &op) && !errors.As(op.Err, &errno) && op.Op == "set-read-deadline"
}

// fail notes that an exchange was cut short, after which answers and requests may not fit together any more.
func (c *Client) fail(err error) error {
	c.broken = err
	return err
}

// refusal takes the kernel's answer out of what netlink.Conn makes of it.
func refusal(err error) (seq uint32, errno syscall.Errno, text string, ok bool) {
	var op *netlink.OpError
	if !errors.As(err, &op) || op.Sequence == 0 || !errors.As(op.Err, &errno) {
		return 0, 0, "", false
	}
	return op.Sequence, errno, op.Message, true
}

// request sends one message and waits until the kernel is done with it.
func (c *Client) request(op string, command uint8, fill func(*encoder) error) error {
	m, err := c.message(&encoder{}, command, 0, fill)
	if err != nil {
		return fmt.Errorf("ipvs: %s: %w", op, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var refused error
	err = c.exchange([]netlink.Message{m}, func(_ int, errno syscall.Errno, text string) {
		refused = &OpError{Op: op, Errno: errno, Text: text}
	})
	if err != nil {
		return fmt.Errorf("ipvs: %s: %w", op, err)
	}
	return refused
}

// exchange sends messages in one datagram and calls refused for each that the kernel refuses; the caller has the lock. The
// kernel works through them in order, and answers what it refuses anyhow. None asks for an acknowledgement, but a message
// behind them that does nothing does: with its answer all the others have been given. The last of them would not do instead,
// because to some requests the kernel gives no answer at all: one that ends with EINTR, as the end of a sync daemon does whose
// thread has not run yet, is carried out in silence.
func (c *Client) exchange(msgs []netlink.Message, refused func(n int, errno syscall.Errno, text string)) error {
	if err := c.start(); err != nil {
		return err
	}
	sent, err := c.conn.SendMessages(append(msgs, netlink.Message{
		Header: netlink.Header{Type: netlink.Noop, Flags: netlink.Request | netlink.Acknowledge},
	}))
	if err != nil {
		return c.fail(err)
	}
	if err := c.sent(); err != nil {
		return err
	}
	place := make(map[uint32]int, len(sent)) // of each message by its number
	for n, m := range sent {
		place[m.Header.Sequence] = n
	}
	for {
		// Every answer is a datagram of its own.
		answer, err := c.conn.Receive()
		seq, errno, text, no := refusal(err)
		n, ours := place[seq]
		switch {
		case err == nil:
			if len(answer) == 1 && answer[0].Header.Type == netlink.Error && answer[0].Header.Sequence == sent[len(msgs)].Header.Sequence {
				return nil
			}
			return c.fail(errAnswer)
		case !no:
			return c.fail(err)
		case !ours || n == len(msgs):
			return c.fail(errAnswer)
		}
		refused(n, errno, text)
	}
}

var errAnswer = errors.New("an answer to something else")

// query sends one question and calls each for every message of the answer. Its data is that behind the generic-netlink header.
// With netlink.Dump in flags there may be any number, else there is one.
func (c *Client) query(op string, key ServiceKey, command uint8, flags netlink.HeaderFlags,
	fill func(*encoder) error, each func(data []byte) error,
) error {
	answers, err := c.ask(op, key, command, flags, fill)
	var refused *OpError
	if errors.As(err, &refused) {
		return err
	}
	for _, m := range answers {
		if err != nil {
			break
		}
		if len(m.Data) < genlHeader {
			err = fmt.Errorf("a message of %d bytes", len(m.Data))
			break
		}
		err = each(m.Data[genlHeader:])
	}
	if err != nil {
		return fmt.Errorf("ipvs: %s: %w", describe(op, key, noDest), err)
	}
	return nil
}

func (c *Client) ask(op string, key ServiceKey, command uint8, flags netlink.HeaderFlags,
	fill func(*encoder) error,
) ([]netlink.Message, error) {
	m, err := c.message(&encoder{}, command, flags, fill)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err = c.start(); err != nil {
		return nil, err
	}
	if _, err = c.conn.Send(m); err != nil {
		return nil, c.fail(err)
	}
	if err = c.sent(); err != nil {
		return nil, err
	}
	answers, err := c.conn.Receive()
	if _, errno, text, ok := refusal(err); ok {
		return nil, &OpError{Op: op, Service: key, Errno: errno, Text: text}
	}
	if err != nil {
		return nil, c.fail(err)
	}
	return answers, nil
}
