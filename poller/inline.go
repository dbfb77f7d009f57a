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
func (x *exchange) inline(pointer string) (io.ReadCloser, int64, error) {
	defer x.discard()
	whole := x.reply.Body
	if x.reply.More {
		rest, err := io.ReadAll(io.LimitReader(x.response.Body, maxInline+1))
		if err != nil {
			return nil, 0, fmt.Errorf("the result broke off after %d bytes: %w", len(whole)+len(rest), err)
		}
		if len(rest) > maxInline {
			return nil, 0, fmt.Errorf("the document that carries the result is larger than %d bytes", maxInline)
		}
		whole = append(whole[:len(whole):len(whole)], rest...)
	}
	if part, ok := lro.JSON(whole).At(pointer); ok {
		whole = part
	}
	return io.NopCloser(bytes.NewReader(whole)), int64(len(whole)), nil
}
