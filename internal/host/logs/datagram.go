package logs

import (
	"errors"
	"net"
	"os"
	"syscall"
	"time"
)

// datagram writes each line as one datagram to a unix socket that may vanish and return.
type datagram struct {
	path string
	conn *net.UnixConn
}

func newDatagram(path string) *datagram { return &datagram{path: path} }

func (d *datagram) write(line []byte) error {
	fresh := d.conn == nil
	if fresh {
		conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: d.path, Net: "unixgram"})
		if err != nil {
			return errGone
		}
		d.conn = conn
	}
	if err := d.conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return d.drop()
	}
	_, err := d.conn.Write(line)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errBusy
	case errors.Is(err, syscall.EMSGSIZE):
		return err
	case errors.Is(err, syscall.ENOBUFS), errors.Is(err, syscall.ENOMEM):
		return errGone
	case fresh:
		return d.drop()
	}
	// The socket we were connected to is dead; its path may already lead to the next one.
	_ = d.drop()
	return d.write(line)
}

func (d *datagram) drop() error {
	_ = d.close()
	return errGone
}

func (d *datagram) flush() error { return nil }

func (d *datagram) close() error {
	if d.conn == nil {
		return nil
	}
	err := d.conn.Close()
	d.conn = nil
	return err
}
