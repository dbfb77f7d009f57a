package poller

import (
	"bytes"
	"fmt"
	"io"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// maxInline bounds a document that carries the result within it: that cannot be streamed.
const maxInline = 64 << 20

// inline cuts the result out of the document that carries it. Where the document does not hold what
// the dialect says, all of it is the result.
func (x *exchange) inline(v *conversation) (io.ReadCloser, int64, error) {
	document := x.stream(v)
	defer document.Close()
	whole, err := io.ReadAll(io.LimitReader(document, maxInline+1))
	switch {
	case err != nil:
		return nil, 0, err
	case len(whole) > maxInline:
		return nil, 0, fmt.Errorf("the document that carries the result is larger than %d bytes", maxInline)
	}
	if part, ok := lro.JSON(whole).At(v.op.Inline); ok {
		whole = part
	}
	return io.NopCloser(bytes.NewReader(whole)), int64(len(whole)), nil
}
