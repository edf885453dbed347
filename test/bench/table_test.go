package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

var (
	theirs = subject{name: "keepalived"}
	ours   = subject{name: "holdfast"}
)

func TestRows(t *testing.T) {
	b := newBook()
	b.add("kill9", theirs, 0.12, 0.10, 0.14)
	b.add("kill9", ours, 0.15, 0.06, 0.03)
	b.add("deviation", theirs, 100, 200)
	b.add("test", theirs, 20)
	b.add("test", ours, 22)
	rows := b.rows(theirs, ours)
	if len(rows) != 3 {
		t.Fatalf("%d rows: what was not measured has none", len(rows))
	}
	kill := rows[0]
	if kill.ID != "kill9" || kill.Keepalived.Figure != 0.12 || kill.Holdfast.Figure != 0.06 || *kill.Ratio != 0.5 || kill.Met != "yes" {
		t.Errorf("%+v %+v %+v", kill, kill.Keepalived, kill.Holdfast)
	}
	if dev := rows[1]; dev.Statistic != "p99" || dev.Keepalived.Figure != 199 || dev.Holdfast != nil || dev.Ratio != nil || dev.Met != "" {
		t.Errorf("%+v", dev)
	}
	if test := rows[2]; !test.Parity || test.Met != "NO" {
		t.Errorf("a tenth slower is no parity: %+v", test)
	}
}

func TestOutputs(t *testing.T) {
	b := newBook()
	b.add("kill9", theirs, 0.12)
	b.add("kill9", ours, 0.06)
	b.add("garp", ours, 1)
	rows := b.rows(theirs, ours)
	var text, data bytes.Buffer
	if err := writeTable(&text, circumstances{}, rows, []string{"a remark"}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"0.120", "0.060", "0.500", "< 0.150", "yes", "* a remark"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	if err := writeJSON(&data, circumstances{}, rows, nil); err != nil {
		t.Fatal(err) // among others, a NaN
	}
	var got struct {
		Rows []row `json:"rows"`
	}
	if err := json.Unmarshal(data.Bytes(), &got); err != nil || len(got.Rows) != 2 || got.Rows[0].Holdfast.Samples[0] != 0.06 {
		t.Errorf("%v: %+v", err, got)
	}
}

func TestNumber(t *testing.T) {
	for v, want := range map[float64]string{0: "0.00", 3220: "3220", 13.04: "13.0", 1.234: "1.23", 0.1234: "0.123", 0.0123: "0.012", -204.3: "-204"} {
		if got := number(&v); got != want {
			t.Errorf("%g is shown as %s, want %s", v, got, want)
		}
	}
	if number(nil) != "-" {
		t.Error("nothing is shown as", number(nil))
	}
}

func TestConfigurationsAreOfBothSides(t *testing.T) {
	for name, conf := range map[string]func(node) string{
		"pair": func(n node) string { return pairConf(n, 2, second) },
		"many": func(n node) string { return manyConf(n, 600) },
		"wide": func(n node) string { return wideConf(n, 300) },
	} {
		a, b := conf(nodeA), conf(nodeB)
		if !strings.Contains(a, "priority 200") || !strings.Contains(b, "priority 100") || strings.Count(a, "{") != strings.Count(a, "}") {
			t.Errorf("%s:\n%s", name, a[:200])
		}
		if x := strings.NewReplacer("MASTER", "BACKUP", "priority 200", "priority 100").Replace(a); x != b {
			t.Errorf("%s: the sides differ in more than state and priority", name)
		}
	}
	if n := strings.Count(manyConf(nodeA, 600), "vrrp_instance"); n != 600 {
		t.Errorf("%d instances of 600", n)
	}
	if n := strings.Count(wideConf(nodeA, 300), "/32 dev v0"); n != 300 {
		t.Errorf("%d addresses of 300", n)
	}
}
