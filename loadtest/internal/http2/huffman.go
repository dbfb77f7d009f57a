package http2

// huffmanLengths is the length in bits of the code of each byte, and of the end of a string at 256
// (RFC 7541, appendix B). The code is canonical: codes of one length go up with the byte, and the
// first of a length follows the last of the length before. So the lengths are all there is to know.
var huffmanLengths = [257]uint8{
	13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
	28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
	6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
	5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
	13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
	7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
	15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
	6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
	20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
	24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
	22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
	21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
	26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
	19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
	20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
	26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
	30,
}

const (
	longestCode = 30
	endOfString = 256
	quickBits   = 8 // codes up to this length, which most text is made of, are looked up
)

// huffman is the code, ready to be read.
type huffman struct {
	quick  [1 << quickBits]quickCode
	first  [longestCode + 2]uint32 // the first code of a length
	from   [longestCode + 2]int    // its place in symbols
	symbol [257]uint16             // by length, then by value
}

type quickCode struct {
	symbol byte
	bits   uint8 // 0: the code is longer
}

var huffmanCode = newHuffman()

func newHuffman() *huffman {
	h := &huffman{}
	code, n := uint32(0), 0
	for bits := 1; bits <= longestCode; bits++ {
		code <<= 1
		h.first[bits], h.from[bits] = code, n
		for symbol, length := range huffmanLengths {
			if int(length) != bits {
				continue
			}
			h.symbol[n] = uint16(symbol)
			n++
			if bits <= quickBits {
				for i := range uint32(1) << (quickBits - bits) {
					h.quick[code<<(quickBits-bits)|i] = quickCode{byte(symbol), uint8(bits)}
				}
			}
			code++
		}
	}
	h.from[longestCode+1] = n
	return h
}

// appendHuffman appends what a string literal says (RFC 7541, section 5.2). It reports false for a
// code that does not end as it must: with less than eight bits of the beginning of the longest code.
func appendHuffman(dst, src []byte) ([]byte, bool) {
	h, buffer, have := huffmanCode, uint64(0), 0
	for {
		for have <= 56 && len(src) > 0 {
			buffer, src = buffer<<8|uint64(src[0]), src[1:]
			have += 8
		}
		if have == 0 {
			return dst, true
		}
		if have < quickBits {
			// Ones are added, which is what must be there anyway.
			last := uint32(buffer<<(quickBits-have))&0xff | 0xff>>have
			q := h.quick[last]
			if q.bits == 0 || int(q.bits) > have {
				return dst, last == 0xff
			}
			dst, have = append(dst, q.symbol), have-int(q.bits)
			continue
		}
		if q := h.quick[buffer>>(have-quickBits)&0xff]; q.bits > 0 {
			dst, have = append(dst, q.symbol), have-int(q.bits)
			continue
		}
		symbol, bits := h.long(buffer, have)
		if bits == 0 || symbol == endOfString {
			return dst, false
		}
		dst, have = append(dst, byte(symbol)), have-bits
	}
}

// long reads a code of more than quickBits bits; 0 bits if there is none.
func (h *huffman) long(buffer uint64, have int) (symbol uint16, bits int) {
	for bits = quickBits + 1; bits <= min(have, longestCode); bits++ {
		code := uint32(buffer>>(have-bits)) & (1<<bits - 1)
		if i := int(code) - int(h.first[bits]); i >= 0 && i < h.from[bits+1]-h.from[bits] {
			return h.symbol[h.from[bits]+i], bits
		}
	}
	return 0, 0
}
