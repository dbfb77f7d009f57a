package poller

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// maxCodings bounds how often a content may have been coded: each layer multiplies its size.
const maxCodings = 3

// decode undoes the content codings of a response, whoever asked for them (RFC 9110, section 8.4): gzip,
// x-gzip and deflate. The header then describes what the body yields, as net/http does for the coding that it
// asks for by itself. A response whose content is coded in another way keeps its body and its header, and
// the error says which coding it is.
func decode(res *http.Response) error {
	if res.Body == nil || res.Body == http.NoBody || res.ContentLength == 0 {
		return nil
	}
	var codings []string
	for _, value := range res.Header.Values("Content-Encoding") {
		for coding := range strings.SplitSeq(value, ",") {
			if coding = strings.ToLower(strings.TrimSpace(coding)); coding != "" && coding != "identity" {
				codings = append(codings, coding)
			}
		}
	}
	if len(codings) == 0 {
		return nil
	}
	if len(codings) > maxCodings {
		return fmt.Errorf("%w: it was coded %d times", lro.ErrCoded, len(codings))
	}
	for _, coding := range codings {
		if openers[coding] == nil {
			return fmt.Errorf("%w: it is coded as %.20q", lro.ErrCoded, coding)
		}
	}
	from := io.Reader(res.Body)
	for i := len(codings) - 1; i >= 0; i-- {
		from = &decoder{from: bufio.NewReader(from), name: codings[i], open: openers[codings[i]]}
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{from, res.Body}
	res.Header.Del("Content-Encoding")
	res.Header.Del("Content-Length")
	res.ContentLength, res.Uncompressed = -1, true
	return nil
}

// openers begin to undo a coding.
var openers = map[string]func(*bufio.Reader) (io.Reader, error){
	"gzip":    openGzip,
	"x-gzip":  openGzip,
	"deflate": openDeflate,
}

func openGzip(from *bufio.Reader) (io.Reader, error) { return gzip.NewReader(from) }

// openDeflate takes what RFC 9110, section 8.4.1.2, says, and the bare stream that some servers send.
func openDeflate(from *bufio.Reader) (io.Reader, error) {
	head, err := from.Peek(2)
	if err != nil {
		return nil, err
	}
	if head[0]&0x0f == 8 && (uint(head[0])<<8|uint(head[1]))%31 == 0 {
		return zlib.NewReader(from)
	}
	return flate.NewReader(from), nil
}

// decoder undoes one coding. It opens at the first read, so that a response without content is not in error.
type decoder struct {
	from *bufio.Reader
	name string
	open func(*bufio.Reader) (io.Reader, error)
	out  io.Reader
	err  error
}

func (d *decoder) Read(p []byte) (int, error) {
	if d.err != nil {
		return 0, d.err
	}
	if d.out == nil {
		if _, err := d.from.Peek(1); err != nil {
			d.err = err // nothing at all is nothing decoded
			return 0, err
		}
		if d.out, d.err = d.open(d.from); d.err != nil {
			d.err = d.explain(d.err)
			return 0, d.err
		}
	}
	n, err := d.out.Read(p)
	if err != nil {
		d.err = d.explain(err)
	}
	return n, d.err
}

// explain tells content that is not what its header says from a connection that broke.
func (d *decoder) explain(err error) error {
	if corrupt(err) {
		return fmt.Errorf("%w: it is not %s, as its header says: %w", lro.ErrCoded, d.name, err)
	}
	return err
}

// corrupt reports whether an error of reading is about what a coding holds, our own or net/http's.
func corrupt(err error) bool {
	var broken flate.CorruptInputError
	return errors.Is(err, lro.ErrCoded) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) ||
		errors.Is(err, zlib.ErrHeader) || errors.Is(err, zlib.ErrChecksum) || errors.Is(err, zlib.ErrDictionary) || errors.As(err, &broken)
}
