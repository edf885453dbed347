package script

import (
	"fmt"
	"io/fs"
	"path"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"holdfast/conf"
)

// A node of the tree that checks are tried on.
type node struct {
	path     string
	mode     fs.FileMode // with fs.ModeDir or fs.ModeSymlink
	uid, gid uint32
	link     string
}

const (
	daemon = 1   // an account every system has
	users  = 100 // a group every system has
	nobody = 65534
)

// tree is every way in which a script can be good or bad. Links are absolute when they begin with '/',
// which then stands for the root of the tree.
var tree = []node{
	{path: "s", mode: fs.ModeDir | 0o755},
	{path: "gw", mode: fs.ModeDir | 0o775, gid: users},
	{path: "gw/deep", mode: fs.ModeDir | 0o755},
	{path: "gw0", mode: fs.ModeDir | 0o775},
	{path: "sticky", mode: fs.ModeDir | fs.ModeSticky | 0o777},
	{path: "own", mode: fs.ModeDir | 0o755, uid: nobody, gid: nobody},
	{path: "private", mode: fs.ModeDir | 0o700},
	{path: "s/ok.sh", mode: 0o755},
	{path: "s/noexec.sh", mode: 0o644},
	{path: "s/only.sh", mode: 0o700},
	{path: "s/gwfile.sh", mode: 0o775, gid: users},
	{path: "s/gw0file.sh", mode: 0o775},
	{path: "s/wfile.sh", mode: 0o777},
	{path: "s/ownfile.sh", mode: 0o755, uid: nobody, gid: nobody},
	{path: "s/dir", mode: fs.ModeDir | 0o755},
	{path: "s/dangling", mode: fs.ModeSymlink, link: "/nowhere"},
	{path: "s/link.sh", mode: fs.ModeSymlink, link: "/gw/in.sh"},
	{path: "s/link2.sh", mode: fs.ModeSymlink, link: "link.sh"},
	{path: "s/gwlink", mode: fs.ModeSymlink, link: "../gw"},
	{path: "s/loop", mode: fs.ModeSymlink, link: "loop"},
	{path: "gw/in.sh", mode: 0o755},
	{path: "gw/deep/in.sh", mode: 0o755},
	{path: "gw/backlink.sh", mode: fs.ModeSymlink, link: "/s/ok.sh"},
	{path: "gw/suid.sh", mode: fs.ModeSetuid | 0o755},
	{path: "gw/sgid.sh", mode: fs.ModeSetgid | 0o755},
	{path: "gw/suid-daemon.sh", mode: fs.ModeSetuid | 0o755, uid: daemon},
	{path: "gw/sgid-users.sh", mode: fs.ModeSetgid | 0o755, gid: users},
	{path: "gw0/in.sh", mode: 0o755},
	{path: "sticky/in.sh", mode: 0o755},
	{path: "own/in.sh", mode: 0o755},
	{path: "private/x.sh", mode: 0o755},
}

var (
	asRoot       = Cred{Groups: []uint32{0}}
	asNobody     = Cred{UID: nobody, GID: nobody, Groups: []uint32{nobody}}
	asNobodyRoot = Cred{UID: nobody, Groups: []uint32{0}}
)

// checkCases are the answers of keepalived 2.2.7 to a notify script, measured. "@" stands for the root of the tree.
var checkCases = []struct {
	script string
	who    Cred
	secure bool
	run    string // the program that runs, or ""
	lines  []string
	count  bool // the script makes a SECURITY VIOLATION if security is off
}{
	{script: "@/s/ok.sh", secure: true, run: "@/s/ok.sh", count: true},
	{script: "@/s/ok.sh", run: "@/s/ok.sh", count: true},
	{script: "@/s/absent.sh", secure: true, lines: []string{"Script @/s/absent.sh cannot be accessed - No such file or directory"}},
	{script: "@/nodir/x.sh", lines: []string{"Script @/nodir/x.sh cannot be accessed - No such file or directory"}},
	{script: "@/s/dangling", lines: []string{"Script @/s/dangling cannot be accessed - No such file or directory"}},
	{script: "s/ok.sh", secure: true, lines: []string{"Script s/ok.sh cannot be accessed - No such file or directory"}},
	{script: "@/private/x.sh", who: asNobody, lines: []string{"Script @/private/x.sh cannot be accessed - Permission denied"}},
	{script: "@/s/noexec.sh", count: true, lines: []string{"WARNING - script '@/s/noexec.sh' is not executable for uid:gid 0:0 - disabling."}},
	{script: "@/s/only.sh", who: asNobody, count: true, lines: []string{"WARNING - script '@/s/only.sh' is not executable for uid:gid 65534:65534 - disabling."}},
	{script: "@/s/dir", count: true, lines: []string{"Wrong file type found in script path '@/s/dir'."}},
	{script: "@/gw/in.sh", secure: true, count: true, lines: []string{"Unsafe permissions found for script '@/gw/in.sh' - disabling."}},
	{script: "@/gw/in.sh", run: "@/gw/in.sh", count: true, lines: []string{"Unsafe permissions found for script '@/gw/in.sh'."}},
	{script: "@/gw/deep/in.sh", secure: true, count: true, lines: []string{"Unsafe permissions found for script '@/gw/deep/in.sh' - disabling."}},
	{script: "@/own/in.sh", secure: true, count: true, lines: []string{"Unsafe permissions found for script '@/own/in.sh' - disabling."}},
	{script: "@/own/in.sh", who: asNobody, secure: true, run: "@/own/in.sh", count: true},
	{script: "@/gw/in.sh", who: asNobody, secure: true, run: "@/gw/in.sh", count: true},
	{script: "@/gw/in.sh", who: asNobodyRoot, secure: true, count: true, lines: []string{"Unsafe permissions found for script '@/gw/in.sh' - disabling."}},
	{script: "@/gw0/in.sh", secure: true, run: "@/gw0/in.sh", count: true},
	{script: "@/sticky/in.sh", secure: true, run: "@/sticky/in.sh", count: true},
	{script: "@/s/gwfile.sh", secure: true, count: true, lines: []string{"Unsafe permissions found for script '@/s/gwfile.sh' - disabling."}},
	{script: "@/s/gw0file.sh", secure: true, run: "@/s/gw0file.sh", count: true},
	{script: "@/s/wfile.sh", secure: true, count: true, lines: []string{"Unsafe permissions found for script '@/s/wfile.sh' - disabling."}},
	{script: "@/s/ownfile.sh", secure: true, count: true, lines: []string{"Unsafe permissions found for script '@/s/ownfile.sh' - disabling."}},
	{script: "@/gw/suid.sh", who: asNobody, secure: true, count: true, lines: []string{"Unsafe permissions found for script '@/gw/suid.sh' - disabling."}},
	{script: "@/gw/sgid.sh", who: asNobody, secure: true, count: true, lines: []string{"Unsafe permissions found for script '@/gw/sgid.sh' - disabling."}},
	{script: "@/gw/suid-daemon.sh", who: asNobody, secure: true, run: "@/gw/suid-daemon.sh", count: true},
	{script: "@/gw/sgid-users.sh", who: asNobody, secure: true, run: "@/gw/sgid-users.sh", count: true},
	{script: "@/s/link.sh", secure: true, count: true, lines: []string{"Unsafe permissions found for script '@/gw/in.sh' - disabling."}},
	{script: "@/s/link2.sh", secure: true, count: true, lines: []string{"Unsafe permissions found for script '@/gw/in.sh' - disabling."}},
	{script: "@/s/gwlink/in.sh", secure: true, count: true, lines: []string{"Unsafe permissions found for script '@/gw/in.sh' - disabling."}},
	{script: "@/gw/backlink.sh", secure: true, run: "@/s/ok.sh", count: true},
	{script: "ok.sh", secure: true, run: "@/s/ok.sh", count: true, lines: []string{"WARNING - script `ok.sh` resolved by path search to `@/s/ok.sh`. Please specify full path."}},
	{script: "no_such_prog", lines: []string{"Cannot find script no_such_prog in path - disabling"}},
}

// fakeFiles is the tree in memory, under a prefix of safe directories.
type fakeFiles struct {
	prefix string
	nodes  map[string]node
}

func newFakeFiles(prefix string) fakeFiles {
	f := fakeFiles{prefix: prefix, nodes: map[string]node{}}
	for p := prefix; p != "."; p = path.Dir(p) {
		f.nodes[p] = node{mode: fs.ModeDir | 0o755}
		if p == "/" {
			break
		}
	}
	for _, n := range tree {
		f.nodes[path.Join(prefix, n.path)] = n
	}
	return f
}

func (f fakeFiles) Lstat(name string) (Stat, error) {
	n, ok := f.nodes[name]
	if !ok {
		return Stat{}, &fs.PathError{Op: "lstat", Path: name, Err: syscall.ENOENT}
	}
	return Stat{Mode: n.mode, UID: n.uid, GID: n.gid}, nil
}

func (f fakeFiles) Readlink(name string) (string, error) {
	n := f.nodes[name]
	if strings.HasPrefix(n.link, "/") {
		return path.Join(f.prefix, n.link), nil
	}
	return n.link, nil
}

// runCheckCases tries all cases on a tree at root.
func runCheckCases(t *testing.T, files Files, root string) {
	t.Helper()
	at := func(s string) string { return strings.ReplaceAll(s, "@", root) }
	for _, tc := range checkCases {
		t.Run(fmt.Sprintf("%s as %d:%d secure %t", tc.script, tc.who.UID, tc.who.GID, tc.secure), func(t *testing.T) {
			c := Checker{Files: files, SearchPath: root + "/nowhere:" + root + "/s", Dir: "/", Security: tc.secure}
			v := c.Check([]string{at(tc.script), "arg"}, tc.who)
			var want []string
			for _, l := range tc.lines {
				want = append(want, at(l))
			}
			if d := cmp.Diff(want, lines(v)); d != "" {
				t.Errorf("lines (-keepalived +ours):\n%s", d)
			}
			if v.Run != (tc.run != "") || v.Run && v.Argv[0] != at(tc.run) {
				t.Errorf("runs %t %q, keepalived runs %q", v.Run, v.Argv, at(tc.run))
			}
			if v.Argv[1] != "arg" {
				t.Errorf("arguments changed: %q", v.Argv)
			}
			if v.Present != tc.count {
				t.Errorf("Present = %t", v.Present)
			}
		})
	}
}

func TestCheckAnswersAsKeepalived(t *testing.T) {
	runCheckCases(t, newFakeFiles("/usr/libexec/keepalived"), "/usr/libexec/keepalived")
}

func TestProblemsNameTheComponentAndTheMend(t *testing.T) {
	c := Checker{Files: newFakeFiles("/r"), SearchPath: "/r/s", Dir: "/", Security: true}
	for _, tc := range []struct {
		script string
		who    Cred
		want   []string
	}{
		{"/r/gw/deep/in.sh", asRoot, []string{"/r/gw: may be written by group 100 (drwxrwxr-x, owner 0:100); to mend: chmod g-w /r/gw"}},
		{"/r/own/in.sh", asRoot, []string{"/r/own: belongs to user 65534, who may change it (drwxr-xr-x, owner 65534:65534); to mend: chown root /r/own"}},
		{"/r/s/wfile.sh", asRoot, []string{"/r/s/wfile.sh: may be written by everybody (-rwxrwxrwx, owner 0:0); to mend: chmod o-w /r/s/wfile.sh"}},
		{"/r/s/only.sh", asNobody, []string{"/r/s/only.sh: may not be executed by 65534:65534 (-rwx------, owner 0:0); to mend: chmod a+x /r/s/only.sh"}},
		{"/r/private/x.sh", asNobody, []string{"/r/private: may not be searched by 65534:65534 (drwx------, owner 0:0); to mend: chmod a+x /r/private"}},
		{"/r/nodir/x.sh", asRoot, []string{"/r/nodir: does not exist"}},
		{"/r/s/loop", asRoot, []string{"/r/s/loop: too many levels of symbolic links"}},
		{"/r/s/ok.sh/x", asRoot, []string{"/r/s/ok.sh/x: not a directory"}},
		{"/r/s/ok.sh", asRoot, nil},
	} {
		var got []string
		for _, p := range c.Check([]string{tc.script}, tc.who).Problems {
			got = append(got, p.String())
		}
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.script, d)
		}
	}
}

func TestKeptSymlinksMakeTheirDirectoriesCount(t *testing.T) {
	c := Checker{Files: newFakeFiles("/r"), Dir: "/", Security: true, KeepSymlinks: true}
	v := c.Check([]string{"/r/gw/backlink.sh"}, asRoot)
	if v.Run || len(v.Problems) != 1 || v.Problems[0].Path != "/r/gw" {
		t.Errorf("a link in a directory that a group may write was accepted: %+v", v)
	}
	c.KeepSymlinks = false
	if v := c.Check([]string{"/r/gw/backlink.sh"}, asRoot); !v.Run || v.Argv[0] != "/r/s/ok.sh" {
		t.Errorf("a link followed once was refused: %+v", v)
	}
}

func TestRedirectionGoesToTheShellUnchecked(t *testing.T) {
	c := Checker{Files: newFakeFiles("/r"), Dir: "/", Security: true}
	v := c.Check([]string{"</dev/tcp/127.0.0.1/80"}, asRoot)
	if !v.Run || !v.Shell || v.Present || v.Problems != nil {
		t.Errorf("got %+v", v)
	}
	if v := c.Check([]string{"<nosuch;", "echo"}, asRoot); v.Run || lines(v)[0] != "Cannot find script <nosuch; in path - disabling" {
		t.Errorf("got %+v", v)
	}
	if v := c.Check(nil, asRoot); v.Run {
		t.Error("nothing runs")
	}
}

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{"/a/b-1.sh": "/a/b-1.sh", "/a b": "'/a b'", "/it's": `'/it'\''s'`, "/$(x)": "'/$(x)'"} {
		if got := quote(in); got != want {
			t.Errorf("quote(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestViolationLine(t *testing.T) {
	const line = "SECURITY VIOLATION - scripts are being executed but script_security not enabled."
	if conf.InsecureScripts(false).Compat != line || conf.InsecureScripts(true).Compat != line+" There are insecure scripts." {
		t.Errorf("got %q, %q", conf.InsecureScripts(false).Compat, conf.InsecureScripts(true).Compat)
	}
}
