package show

import (
	"reflect"
	"strings"
	"testing"

	"holdfast/conf"
)

// TestEveryFieldHasAName walks the types of conf.Config: every field must have a keyword in the block that its struct stands
// for, every choice its words.
func TestEveryFieldHasAName(t *testing.T) {
	w := typeWalk{t: t, seen: map[string]bool{}}
	w.block(reflect.TypeFor[conf.Config](), []conf.Block{""})
	for _, must := range []string{"Global", "Instance", "SyncGroup", "Script", "VirtualServer", "RealServer", "Checker"} {
		if !w.seen[must] {
			t.Errorf("%s was not visited", must)
		}
	}
}

type typeWalk struct {
	t    *testing.T
	seen map[string]bool
}

// block visits one struct; blocks are those that it may stand for.
func (w *typeWalk) block(owner reflect.Type, blocks []conf.Block) {
	if w.seen[owner.Name()] {
		return
	}
	w.seen[owner.Name()] = true
	found := map[string]bool{}
	at := map[string]reflect.StructField{}
	inner := map[string][]conf.Block{}
	for _, b := range blocks {
		eachField(scope{owner: owner, in: b}, owner, func(sc scope, f reflect.StructField, n name, known bool) {
			key := strings.Join(append(sc.path, f.Name), ".")
			at[key] = f
			found[key] = found[key] || known
			switch {
			case !known:
			case n.kinds:
				inner[key] = checkerBlocks(n.in, b)
			case opens(&n):
				inner[key] = append(inner[key], n.row.Opens)
			}
		})
	}
	for key, f := range at {
		if !found[key] {
			w.t.Errorf("%s.%s: no keyword of %v has this name: give it one in rules (conf/show/names.go)", owner.Name(), key, blocks)
		}
		ft := f.Type
		if isValue(ft) {
			w.choice(owner.Name()+"."+key, ft.Field(0).Type)
		}
		if ft.Kind() == reflect.Slice {
			ft = ft.Elem()
		}
		if ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		if (isBlock(ft) || isPart(ft)) && holdsKeywords(inner[key]) {
			w.block(ft, inner[key])
		}
	}
}

// checkerBlocks are the blocks of all checkers.
func checkerBlocks(in, around conf.Block) []conf.Block {
	var out []conf.Block
	for name, row := range language()[around] {
		if row.Opens != "" && strings.ToUpper(name) == name {
			out = append(out, row.Opens)
		}
	}
	return out
}

func holdsKeywords(blocks []conf.Block) bool {
	for _, b := range blocks {
		if len(language()[b]) > 0 {
			return true
		}
	}
	return false
}

// choice wants words for a type of our own that is a number.
func (w *typeWalk) choice(where string, t reflect.Type) {
	if t.PkgPath() != home || t.Kind() == reflect.Struct {
		return
	}
	if _, ok := choices[t]; !ok && !t.Implements(reflect.TypeFor[interface{ String() string }]()) {
		w.t.Errorf("%s: the values of %s have no words: add them to choices (conf/show/words.go)", where, t)
	}
}

// TestRulesAreNeeded finds rules for fields that are gone.
func TestRulesAreNeeded(t *testing.T) {
	types := map[string]reflect.Type{}
	var collect func(reflect.Type)
	collect = func(x reflect.Type) {
		for x.Kind() == reflect.Pointer || x.Kind() == reflect.Slice {
			x = x.Elem()
		}
		if !isOurs(x) || types[x.Name()] != nil {
			return
		}
		types[x.Name()] = x
		for i := range x.NumField() {
			collect(x.Field(i).Type)
		}
	}
	collect(reflect.TypeFor[conf.Config]())
	for key := range rules {
		owner, rest, _ := strings.Cut(key, ".")
		x := types[owner]
		for _, name := range strings.Split(rest, ".") {
			if x == nil {
				break
			}
			f, ok := x.FieldByName(name)
			if !ok {
				x = nil
				break
			}
			x = f.Type
		}
		if x == nil {
			t.Errorf("there is no field %s", key)
		}
	}
}

func TestSnake(t *testing.T) {
	for in, want := range map[string]string{
		"SMTPAlertVRRP": "smtp_alert_vrrp", "McastGroup4": "mcast_group4", "VRID": "vrid", "GARP_MasterDelay": "garp_master_delay",
		"UsePIDDir": "use_pid_dir", "Rise": "rise",
	} {
		if got := snake(in); got != want {
			t.Errorf("snake(%q) = %q, want %q", in, got, want)
		}
	}
}
