package script

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// DefaultUser is the account that keepalived runs scripts as, if it exists.
const DefaultUser = "keepalived_script"

// Users is the account database of a host.
type Users interface {
	User(name string) (uid, gid uint32, err error)
	Group(name string) (gid uint32, err error)
	Groups(name string) ([]uint32, error) // supplementary groups of a user
}

// A UserError says that an account does not exist. Its text is keepalived's line.
type UserError struct {
	Group bool
	Name  string
	Err   error
}

func (e *UserError) Error() string {
	if e.Group {
		return fmt.Sprintf("Script group '%s' does not exist", e.Name)
	}
	return fmt.Sprintf("Script user '%s' does not exist", e.Name)
}

// Unwrap returns the cause.
func (e *UserError) Unwrap() error { return e.Err }

// Lookup returns whom "USER [GROUP]" means: the user's own group without one. Supplementary groups are
// only given if asked for (set_supplementary_groups, or a ':' before the group); otherwise the only one
// is the group itself. The error is a *UserError.
// compat: names only, no numbers.
func Lookup(db Users, name, group string, supplementary bool) (Cred, error) {
	uid, gid, err := db.User(name)
	if err != nil {
		return Cred{}, &UserError{Name: name, Err: err}
	}
	if group != "" {
		if gid, err = db.Group(group); err != nil {
			return Cred{}, &UserError{Group: true, Name: group, Err: err}
		}
	}
	c := Cred{UID: uid, GID: gid, Groups: []uint32{gid}}
	if supplementary {
		more, err := db.Groups(name)
		if err != nil {
			return Cred{}, &UserError{Name: name, Err: err}
		}
		for _, g := range more {
			if g != gid {
				c.Groups = append(c.Groups, g)
			}
		}
	}
	return c, nil
}

// Default returns whom scripts without a user of their own run as when script_user is not set: DefaultUser
// if there is one, else ourselves, unless script security is on: then there is nobody, ok is false and
// such scripts are not run. note is a line to log once, or "".
func Default(db Users, security bool) (c Cred, note string, ok bool) {
	c, err := Lookup(db, DefaultUser, "", false)
	if err == nil {
		return c, "", true
	}
	if security {
		return Cred{}, err.Error(), false
	}
	return Self(), err.Error(), true
}

// Self returns what we are, with the group as the only supplementary one, as scripts get it.
func Self() Cred {
	gid := uint32(os.Getegid())
	return Cred{UID: uint32(os.Geteuid()), GID: gid, Groups: []uint32{gid}}
}

// Accounts is this host's account database: /etc/passwd and /etc/group. Name services other than files
// are not asked, since that takes the C library.
type Accounts struct{}

// User implements Users.
func (Accounts) User(name string) (uid, gid uint32, err error) {
	u, err := user.Lookup(name)
	if err != nil {
		return 0, 0, err
	}
	if uid, err = number(u.Uid); err != nil {
		return 0, 0, err
	}
	gid, err = number(u.Gid)
	return uid, gid, err
}

// Group implements Users.
func (Accounts) Group(name string) (uint32, error) {
	g, err := user.LookupGroup(name)
	if err != nil {
		return 0, err
	}
	return number(g.Gid)
}

// Groups implements Users.
func (Accounts) Groups(name string) ([]uint32, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	ids, err := u.GroupIds()
	if err != nil {
		return nil, err
	}
	out := make([]uint32, 0, len(ids))
	for _, id := range ids {
		n, err := number(id)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func number(s string) (uint32, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	return uint32(n), err
}
