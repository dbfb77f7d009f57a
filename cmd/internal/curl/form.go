package curl

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"path/filepath"
	"strings"

	"github.com/asyncctl/asyncctl/poller/lro"
)

// formField is one field of -F or --form-string, whose value is what it is.
type formField struct {
	text    string
	literal bool
}

// fields is a flag that adds fields of a form.
type fields struct {
	to      *[]formField
	literal bool
}

func (f fields) String() string { return "" }
func (f fields) Type() string   { return "stringArray" } // as for the other flags that may be repeated

// Set adds one field.
func (f fields) Set(text string) error {
	*f.to = append(*f.to, formField{text, f.literal})
	return nil
}

// multipart builds the content of -F.
func (r *Request) multipart(req *lro.Request, in *Input) error {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, field := range r.form {
		header, content, err := readField(field, in)
		if err != nil {
			return err
		}
		part, err := w.CreatePart(header)
		if err != nil {
			return err
		}
		part.Write(content) // into memory: cannot fail
	}
	w.Close()
	req.Body = body.Bytes()
	req.Header.Set("Content-Type", w.FormDataContentType())
	return nil
}

// readField returns one field as it is sent.
func readField(field formField, in *Input) (textproto.MIMEHeader, []byte, error) {
	name, value, ok := strings.Cut(field.text, "=")
	if !ok {
		return nil, nil, fmt.Errorf("--form %q: it is name=value", field.text)
	}
	if field.literal {
		return textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + escapeQuotes(name) + `"`}}, []byte(value), nil
	}
	source := ""
	if strings.HasPrefix(value, "@") || strings.HasPrefix(value, "<") {
		source, value = value[:1], value[1:]
	}
	value, params := formParams(value)
	header := textproto.MIMEHeader{}
	disposition := `form-data; name="` + escapeQuotes(name) + `"`
	content := []byte(value)
	if source != "" {
		var err error
		if content, err = in.Read(value); err != nil {
			return nil, nil, err
		}
	}
	if source == "@" {
		file := filepath.Base(value)
		if params["filename"] != "" {
			file = params["filename"]
		}
		disposition += `; filename="` + escapeQuotes(file) + `"`
		header.Set("Content-Type", "application/octet-stream")
	}
	if t := params["type"]; t != "" {
		if strings.ContainsFunc(t, func(c rune) bool { return c < ' ' || c == 0x7f }) {
			return nil, nil, fmt.Errorf("--form: %q is not a media type", t)
		}
		header.Set("Content-Type", t)
	}
	header.Set("Content-Disposition", disposition)
	return header, content, nil
}

// escapeQuotes writes a name as browsers do: RFC 7578, section 4.2, leaves it open.
func escapeQuotes(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\r", "%0D", "\n", "%0A").Replace(s)
}

// formParams takes ;type= and ;filename= from the end of a field's value. What is quoted holds no
// parameter, and text that only looks like one stays a part of the value: nothing is dropped.
func formParams(value string) (string, map[string]string) {
	text, rest, quoted := cutQuoted(value)
	if quoted {
		if params, ok := readParams(rest); ok {
			return text, params
		}
	}
	for i := range len(value) {
		if value[i] != ';' {
			continue
		}
		if params, ok := readParams(value[i:]); ok {
			return value[:i], params
		}
	}
	return value, map[string]string{}
}

// readParams reads ;name=value and so on; false if there is anything else.
func readParams(text string) (map[string]string, bool) {
	params := map[string]string{}
	for text != "" {
		name, rest, ok := paramStart(text)
		if !ok {
			return nil, false
		}
		value, after, quoted := cutQuoted(rest)
		if !quoted {
			value, after = cutParam(rest, name == "type")
		}
		params[name], text = value, after
	}
	return params, true
}

// paramStart reads ";type=" or ";filename=", with blanks after the semicolon.
func paramStart(text string) (name, rest string, ok bool) {
	text, ok = strings.CutPrefix(text, ";")
	text = strings.TrimLeft(text, " \t")
	for _, name := range []string{"type", "filename"} {
		if rest, found := strings.CutPrefix(text, name+"="); ok && found {
			return name, rest, true
		}
	}
	return "", "", false
}

// cutParam ends an unquoted value at the next semicolon; that of a media type, which has parameters of
// its own, at the next one of ours.
func cutParam(text string, media bool) (value, after string) {
	for i := range len(text) {
		if text[i] != ';' {
			continue
		}
		if _, _, ours := paramStart(text[i:]); ours || !media {
			return text[:i], text[i:]
		}
	}
	return text, ""
}

// cutQuoted reads a quoted string, in which a backslash escapes a quote and itself, and which is
// followed by nothing or by a semicolon.
func cutQuoted(text string) (value, after string, ok bool) {
	if !strings.HasPrefix(text, `"`) {
		return "", "", false
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\'):
			i++
			b.WriteByte(text[i])
		case text[i] == '"':
			after = text[i+1:]
			return b.String(), after, after == "" || after[0] == ';'
		default:
			b.WriteByte(text[i])
		}
	}
	return "", "", false
}
