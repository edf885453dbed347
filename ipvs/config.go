package ipvs

import (
	"github.com/mdlayher/netlink"

	"holdfast/ipvs/internal/abi"
)

// Info returns what the kernel says of its IPVS.
func (c *Client) Info() (Info, error) {
	var i Info
	err := c.query("get info", ServiceKey{}, abi.CmdGetInfo, 0, nil, func(b []byte) (err error) {
		i, err = decodeInfo(b)
		return err
	})
	return i, err
}

// Timeouts returns the timeouts in force.
func (c *Client) Timeouts() (Timeouts, error) {
	var t Timeouts
	err := c.query("get timeouts", ServiceKey{}, abi.CmdGetConfig, 0, nil, func(b []byte) (err error) {
		t, err = decodeTimeouts(b)
		return err
	})
	return t, err
}

// SetTimeouts sets the timeouts. One that is zero stays as it is.
func (c *Client) SetTimeouts(t Timeouts) error {
	return c.request("set timeouts", abi.CmdSetConfig, func(ae *encoder) error {
		return encodeTimeouts(ae, t)
	})
}

// Daemons returns the sync daemons that run: at most one of each kind, the master first.
func (c *Client) Daemons() ([]Daemon, error) {
	var all []Daemon
	err := c.query("list sync daemons", ServiceKey{}, abi.CmdGetDaemon, netlink.Dump, nil, func(b []byte) error {
		d, err := decodeDaemon(b)
		all = append(all, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// StartDaemon starts a sync daemon. One of the same kind that runs is an os.ErrExist.
func (c *Client) StartDaemon(d Daemon) error {
	return c.request("start "+d.State.String()+" sync daemon", abi.CmdNewDaemon, func(ae *encoder) error {
		ae.Nested(abi.AttrDaemon, func(ae *encoder) error { return encodeDaemon(ae, d) })
		return nil
	})
}

// StopDaemon stops a sync daemon and returns when it has ended. One that does not run is ESRCH, an os.ErrNotExist.
func (c *Client) StopDaemon(s DaemonState) error {
	return c.request("stop "+s.String()+" sync daemon", abi.CmdDelDaemon, func(ae *encoder) error {
		ae.Nested(abi.AttrDaemon, func(ae *encoder) error {
			ae.Uint32(abi.DaemonState, uint32(s))
			return nil
		})
		return nil
	})
}
