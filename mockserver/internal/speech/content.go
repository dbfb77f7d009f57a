package speech

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"strconv"
	"time"
)

// SendContent sends a content that may be asked for in parts, with a validator;
// its Content-Type is set.
//
// RFC 9110, sections 13 and 14.
func (x *Exchange) SendContent(code int, body []byte) {
	if code != http.StatusOK {
		x.Body(code, body)
		return
	}
	hash := fnv.New64a()
	hash.Write(body)
	x.W.Header()["Etag"] = []string{fmt.Sprintf(`"%016x"`, hash.Sum64())}
	x.W.Header()["Accept-Ranges"] = []string{"bytes"}
	if !conditional(x.R) {
		x.Body(code, body)
		return
	}
	http.ServeContent(partial{x}, x.R, "", time.Time{}, bytes.NewReader(body))
}

// sendFile sends so many digits, or the part of them that is asked for.
func (x *Exchange) sendFile(code int, size int64) {
	if code == http.StatusOK && x.Target.Phase == OnResult {
		x.W.Header()["Etag"] = []string{`"digits-` + strconv.FormatInt(size, 10) + `"`}
		x.W.Header()["Accept-Ranges"] = []string{"bytes"}
		if conditional(x.R) {
			http.ServeContent(partial{x}, x.R, "", time.Time{}, &file{size: size})
			return
		}
	}
	x.W.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	x.Head(code)
	if x.R.Method != http.MethodHead {
		io.CopyN(x.W, &Digits{}, size) // the reader is gone if this fails: nobody to tell
	}
}

// conditional reports whether a request asks for a part, or on a condition.
func conditional(r *http.Request) bool {
	for _, name := range []string{"Range", "If-None-Match", "If-Match", "If-Range"} {
		if r.Header[name] != nil {
			return true
		}
	}
	return false
}

// A partial is the writer of an exchange for [http.ServeContent].
type partial struct{ x *Exchange }

func (p partial) Header() http.Header         { return p.x.W.Header() }
func (p partial) Write(b []byte) (int, error) { return p.x.W.Write(b) }
func (p partial) WriteHeader(code int)        { p.x.Head(code) }

// A file is so many digits.
type file struct{ at, size int64 }

func (f *file) Read(p []byte) (int, error) {
	if f.at >= f.size {
		return 0, io.EOF
	}
	n := int(min(int64(len(p)), f.size-f.at))
	(&Digits{at: int(f.at % int64(len(tenDigits)))}).Read(p[:n])
	f.at += int64(n)
	return n, nil
}

func (f *file) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.size
	}
	if offset < 0 {
		return 0, fmt.Errorf("cannot seek to %d", offset)
	}
	f.at = offset
	return offset, nil
}
