package corpus

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"holdfast/test/netns/need"
)

// recordFile has what keepalived said about each case, by the case's text, so that it need not be asked each time. A case that
// is not there is put to it; -live puts all; -update rewrites the file.
const recordFile = "testdata/keepalived-2.2.7.gz"

// recordCPUs is the number of processors of the machine on which keepalived was asked.
const recordCPUs = 2

// recorded are verdicts by case.
type recorded map[string]verdict

// recordKey names a case by its text: if that changes, what was recorded says nothing about it.
func recordKey(c Case) string {
	h := sha256.New()
	io.WriteString(h, c.Text)
	for _, name := range slices.Sorted(maps.Keys(beside)) {
		io.WriteString(h, "\x00"+name+"\x00"+beside[name])
	}
	sum := h.Sum(nil)
	return hex.EncodeToString(sum[:6])
}

// readRecord reads the file: for each case a line with its key and the exit status, and below it the lines that keepalived
// said, each behind a tab.
func readRecord(t *testing.T, path string) recorded {
	t.Helper()
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return recorded{}
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := recorded{}
	r := bufio.NewReader(z)
	key := ""
	for {
		line, err := r.ReadString('\n')
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		line = strings.TrimSuffix(line, "\n")
		v := out[key]
		if said, ok := strings.CutPrefix(line, "\t"); ok {
			v.lines = append(v.lines, said)
		} else {
			k, status, _ := strings.Cut(line, " ")
			key = k
			if v.status, err = strconv.Atoi(status); err != nil {
				t.Fatalf("%s: %q", path, line)
			}
			v = verdict{status: v.status, crash: crashed(v.status)}
		}
		out[key] = v
	}
}

// write records cases in their order: neighbours are alike, which makes the file small.
func (r recorded) write(t *testing.T, path string, cases []Case) {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]bool{}
	for _, c := range cases {
		k := recordKey(c)
		if written[k] {
			continue
		}
		written[k] = true
		fmt.Fprintf(z, "%s %d\n", k, r[k].status)
		for _, l := range r[k].lines {
			fmt.Fprintf(z, "\t%s\n", l)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// sample is how many recorded cases there are to each that is asked again, to see that the record is true.
const sample = 25

// keepalivedSays returns what keepalived says about each case, from the record or by asking; nil where neither can be.
func keepalivedSays(t *testing.T, dir string, files []string, cases []Case) []*verdict {
	t.Helper()
	record := readRecord(t, recordFile)
	out := make([]*verdict, len(cases))
	var ask []int
	for i, c := range cases {
		v, ok := record[recordKey(c)]
		if ok {
			out[i] = &v
		}
		if !ok || *live || i%sample == 0 {
			ask = append(ask, i)
		}
	}
	if why := cannotAsk(); why != "" {
		if *live || *update && slices.Contains(out, nil) {
			t.Fatal(why)
		}
		t.Logf("from the record alone: %s", why)
		return out
	}
	asked := make([]string, len(ask))
	for k, i := range ask {
		asked[k] = files[i]
	}
	for k, v := range theirs(t, "/run/netns/"+need.Namespace(t, "hfcorpus"), dir, asked) {
		i := ask[k]
		v.lines = neutral(v.lines, dir, files[i])
		if was := out[i]; was != nil && !(*live && *update) && !same(*was, v) && !accident(cases[i]) {
			t.Errorf("%s: the record has %d %q, keepalived says %d %q", cases[i].Name, was.status, was.lines, v.status, v.lines)
		}
		out[i] = &v
	}
	if *update {
		record = recorded{}
		for i, c := range cases {
			record[recordKey(c)] = *out[i]
		}
		record.write(t, recordFile, cases)
	}
	return out
}

func same(a, b verdict) bool {
	return a.status == b.status && slices.Equal(normal(a.lines, 1<<30), normal(b.lines, 1<<30))
}

// accident reports whether what keepalived says is not the same each time, or on each machine: it prints memory that is not
// its own, or chooses at random, or counts processors.
func accident(c Case) bool {
	return strings.HasSuffix(c.Keyword, "_cpu_affinity") || strings.Contains(c.Text, "_RANDOM") || strings.Contains(c.Text, "fwmark 0")
}
