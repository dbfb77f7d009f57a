package jsontext_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/asyncctl/asyncctl/internal/jsontext"
)

var bodies = []string{
	"", "{}", `{"status":"running"}`, `{"status":"failed","error":{"message":"x"}}`, `{"status":`, "text", "\xef\xbb\xbf{\"state\":\"Running\"}",
	`{"a":"\"}{"}`, "[1]", `{"log":[{"at":"2026-01-02T12:00:00Z","text":"\"fine\"","n":[1,2,{"x":null}]}],"percentComplete":42.5}`,
}

func FuzzJSON(f *testing.F) {
	for _, doc := range append(bodies, `{"a":[{"b":"\ud83d\ude00"},-1.5e-3,true,null]}`, `[[[[]]],{}]`, `"x"`) {
		f.Add([]byte(doc), "/status/0")
	}
	f.Fuzz(func(t *testing.T, doc []byte, pointer string) {
		v := jsontext.Value(doc)
		if got, ok := v.At(pointer); ok && len(got) == 0 {
			t.Fatal("there, but empty")
		}
		v.Text()
		v.Number()
		v.Empty()
		want, ok := unique(doc)
		if !ok {
			return
		}
		agree(t, v, want, "", 6)
		_, isObject := want.(map[string]any)
		if v.IsObject() != isObject {
			t.Fatalf("IsObject: got %v", v.IsObject())
		}
	})
}

// unique decodes a valid document in which no object has two members of the same name: as many
// names and values stand in the text as came out. What encoding/json repairs (broken UTF-8, lone
// surrogates) is left out as well.
func unique(doc []byte) (any, bool) {
	var want any
	if json.Unmarshal(doc, &want) != nil || strings.ToValidUTF8(string(doc), "") != string(doc) || strings.Contains(string(doc), `\ud`) || strings.Contains(string(doc), `\uD`) {
		return nil, false
	}
	dec := json.NewDecoder(strings.NewReader(string(doc)))
	return want, countTokens(dec) == members(want)
}

// countTokens counts the names, values and opening brackets that stand in the text.
func countTokens(dec *json.Decoder) int {
	count := 0
	for {
		token, err := dec.Token()
		if err != nil {
			return count
		}
		if d, ok := token.(json.Delim); ok && (d == '}' || d == ']') {
			continue
		}
		count++
	}
}

// members counts the same in the decoded value.
func members(v any) int {
	count := 1
	switch v := v.(type) {
	case map[string]any:
		for _, m := range v {
			count += 1 + members(m)
		}
	case []any:
		for _, e := range v {
			count += members(e)
		}
	}
	return count
}
