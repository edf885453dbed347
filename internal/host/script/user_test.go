package script

import (
	"errors"
	"slices"
	"testing"
)

// accounts is an account database in memory: user → uid, group id, supplementary groups.
type accounts map[string][]uint32

var errNobody = errors.New("no such account")

func (a accounts) User(name string) (uid, gid uint32, err error) {
	if ids, ok := a[name]; ok {
		return ids[0], ids[1], nil
	}
	return 0, 0, errNobody
}

func (a accounts) Group(name string) (uint32, error) {
	if name == "users" {
		return 100, nil
	}
	return 0, errNobody
}

func (a accounts) Groups(name string) ([]uint32, error) { return a[name][2:], nil }

func TestLookup(t *testing.T) {
	db := accounts{"web": {33, 33, 33, 44, 55}}
	for _, tc := range []struct {
		user, group   string
		supplementary bool
		gid           uint32
		groups        []uint32
		err           string
	}{
		{user: "web", gid: 33, groups: []uint32{33}},
		{user: "web", group: "users", gid: 100, groups: []uint32{100}},
		{user: "web", supplementary: true, gid: 33, groups: []uint32{33, 44, 55}},
		{user: "web", group: "users", supplementary: true, gid: 100, groups: []uint32{100, 33, 44, 55}},
		{user: "nosuchuser", err: "Script user 'nosuchuser' does not exist"},
		{user: "web", group: "nosuchgroup", err: "Script group 'nosuchgroup' does not exist"},
	} {
		c, err := Lookup(db, tc.user, tc.group, tc.supplementary)
		if tc.err != "" {
			if err == nil || err.Error() != tc.err || !errors.Is(err, errNobody) {
				t.Errorf("%+v: error %v", tc, err)
			}
			continue
		}
		if err != nil || c.UID != 33 || c.GID != tc.gid || !slices.Equal(c.Groups, tc.groups) {
			t.Errorf("%+v: got %+v, %v", tc, c, err)
		}
	}
}

func TestDefaultUser(t *testing.T) {
	const absent = "Script user 'keepalived_script' does not exist"
	if c, note, ok := Default(accounts{DefaultUser: {900, 901}}, true); !ok || note != "" || c.UID != 900 || c.GID != 901 {
		t.Errorf("account exists: %+v %q %t", c, note, ok)
	}
	if c, note, ok := Default(accounts{}, false); !ok || note != absent || c.UID != Self().UID {
		t.Errorf("no account: %+v %q %t", c, note, ok)
	}
	if _, note, ok := Default(accounts{}, true); ok || note != absent {
		t.Errorf("no account, security on: %q %t", note, ok)
	}
}

func TestAccountsReadsTheHost(t *testing.T) {
	uid, gid, err := Accounts{}.User("root")
	if err != nil || uid != 0 || gid != 0 {
		t.Errorf("root is %d:%d, %v", uid, gid, err)
	}
	if g, err := (Accounts{}).Group("root"); err != nil || g != 0 {
		t.Errorf("group root is %d, %v", g, err)
	}
	if gs, err := (Accounts{}).Groups("root"); err != nil || !slices.Contains(gs, 0) {
		t.Errorf("groups of root are %v, %v", gs, err)
	}
	if _, err := Lookup(Accounts{}, "no such account", "", false); err == nil {
		t.Error("an absent account was found")
	}
}
