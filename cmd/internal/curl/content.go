package curl

import (
	"net/url"
	"slices"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// part is one of the values that -d and its relatives take; their order is that of the command line.
type part struct {
	read  reader
	value string
}

type reader func(*Input, string) ([]byte, error)

// parts is the flag.Value of one of these flags. All of them append to the same list.
type parts struct {
	list *[]part
	read reader
}

func (p parts) String() string { return "" }
func (p parts) Type() string   { return "stringArray" } // as for the other flags that may be repeated

func (p parts) Set(value string) error {
	*p.list = append(*p.list, part{p.read, value})
	return nil
}

// join appends the parts to the content, as curl joins several -d.
func join(req *lro.Request, in *Input, separator string, list []part) error {
	for _, p := range list {
		content, err := p.read(in, p.value)
		if err != nil {
			return err
		}
		if len(req.Body) > 0 {
			req.Body = append(req.Body, separator...)
		}
		req.Body = append(req.Body, content...)
	}
	return nil
}

func verbatim(_ *Input, v string) ([]byte, error) { return []byte(v), nil }

func whole(in *Input, v string) ([]byte, error) { return in.whole(v) }

// lines drops the line breaks and zero bytes of files, as curl's -d does.
func lines(in *Input, v string) ([]byte, error) {
	content, err := in.whole(v)
	if strings.HasPrefix(v, "@") {
		content = slices.DeleteFunc(content, func(b byte) bool { return b == '\r' || b == '\n' || b == 0 })
	}
	return content, err
}

// encoded reads the five forms of curl's --data-urlencode. As in curl an = counts before an @.
func encoded(in *Input, v string) ([]byte, error) {
	i := strings.IndexByte(v, '=')
	if i < 0 {
		i = strings.IndexByte(v, '@')
	}
	if i < 0 {
		return []byte(url.QueryEscape(v)), nil
	}
	name, content := v[:i], []byte(v[i+1:])
	if v[i] == '@' {
		var err error
		if content, err = in.Read(v[i+1:]); err != nil {
			return nil, err
		}
	}
	if name != "" {
		name += "="
	}
	return []byte(name + url.QueryEscape(string(content))), nil
}
