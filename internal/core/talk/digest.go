package talk

import (
	"bytes"
	"crypto/md5" //nolint:gosec // what the keyword digest means
	"fmt"
	"io"
	"net/netip"
)

// Digest is the conversation of genhash about one page. It is that of HTTP_GET, of which nothing is judged: what counts is the
// MD5 sum of the body, whatever the status.
type Digest struct{ HTTP }

// NewDigest gives the conversation about the page at path; protocol, host and to as for NewHTTP. What comes is shown in words and as
// hexadecimal numbers on show while it comes, as genhash -v does; nil: not.
func NewDigest(path, protocol, host string, to netip.AddrPort, show io.Writer) *Digest {
	d := &Digest{HTTP{request: request(path, protocol, host, to), hashes: true, sum: md5.New(), survey: true}} //nolint:gosec // as above
	if show != nil {
		d.dump = &dump{to: show}
	}
	return d
}

// Hear takes the answer in pieces, and these in as many as genhash reads at a time, which the dump shows.
func (d *Digest) Hear(b []byte, end End) (_ []byte, done bool) {
	for len(b) > 0 {
		n := min(len(b), httpHeader-len(d.head)) // of the body as much as of the header
		d.dump.read(!d.inBody)
		if _, done = d.HTTP.Hear(b[:n], End{}); done {
			d.dump.end(d.Sum())
			return nil, true
		}
		b = b[n:]
	}
	if end.Kind == Open {
		return nil, false
	}
	if end.Kind == Closed {
		d.dump.end(d.Sum())
	}
	return d.HTTP.Hear(nil, end)
}

// Sum is the digest of what came of the body. It is the page's once the verdict is a success.
func (d *Digest) Sum() (sum [md5.Size]byte) {
	d.sum.Sum(sum[:0])
	return sum
}

// dump shows an answer as genhash -v does. Without one nothing is shown.
type dump struct {
	to   io.Writer
	both bool // the header has ended in this read, and a body may begin
}

func title(name string) string {
	const line = "-----------------------"
	return line + "[" + name + "]" + line + "\n"
}

// read begins what one read has brought.
func (d *dump) read(header bool) {
	if d == nil {
		return
	}
	d.both = false
	if header {
		fmt.Fprint(d.to, title("    HTTP Header Buffer    "))
	}
}

// header shows the header with its end. compat: its text only as far as a NUL byte.
func (d *dump) header(head []byte) {
	if d == nil {
		return
	}
	d.both = true
	text, _, _ := bytes.Cut(head, []byte{0})
	fmt.Fprintf(d.to, "%s%s%s\n", hexadecimal(head), title(" HTTP Header Ascii Buffer "), text)
}

// body shows what a read has brought of the part of the body that counts.
// compat: there is a title only where the body begins in the read that ended the header.
func (d *dump) body(b []byte) {
	if d == nil || len(b) == 0 {
		return
	}
	if d.both {
		fmt.Fprint(d.to, title("        HTML Buffer        "))
	}
	fmt.Fprintf(d.to, "%s", hexadecimal(b))
}

// end shows the sum.
func (d *dump) end(sum [md5.Size]byte) {
	if d != nil {
		fmt.Fprintf(d.to, "\n%s%s%s", title("    HTML hash resulting    "), hexadecimal(sum[:]), title(" HTML hash final resulting "))
	}
}

// hexadecimal gives lines of 16 bytes: where they begin in b, the bytes as numbers, and as text what is printable ASCII.
func hexadecimal(b []byte) []byte {
	const width, half = 16, 8
	var out []byte
	for at := 0; at < len(b); at += width {
		out = fmt.Appendf(out, "%04d  ", at)
		row := b[at:min(at+width, len(b))]
		for i := range width {
			if i == half {
				out = append(out, "- "...)
			}
			if i < len(row) {
				out = fmt.Appendf(out, "%02x ", row[i])
			} else {
				out = append(out, "   "...)
			}
		}
		out = append(out, "  "...)
		for i := range width {
			switch {
			case i >= len(row):
				out = append(out, ' ')
			case row[i] < ' ' || row[i] > '~':
				out = append(out, '.')
			default:
				out = append(out, row[i])
			}
		}
		out = append(out, '\n')
	}
	return out
}
