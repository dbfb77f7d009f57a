package api

// kind is what a value is.
type kind uint8

const (
	kText     kind = iota // a scalar as it is written
	kWord                 // one of some words
	kPlace                // /pointer, "" or header:Name
	kTemplate             // a text with holes
	kURL                  // a URL with holes
	kLine                 // METHOD url
	kWhole                // a whole number
	kNumber               // a number
	kFlag                 // true or false
	kDuration             // 10s
	kRate                 // 5/s
	kObject               // a mapping with fields
	kTable                // a mapping from free names to values of one shape
	kList                 // a list of one shape
	kJSON                 // any value
)

// shape is what may stand in one place of a file. Of the short forms the first that fits the kind of
// value found is taken before the shape itself.
type shape struct {
	kind   kind
	name   string   // what people call it: "a request"
	fields []*Field // kObject
	of     *shape   // kTable, kList
	words  []string // kWord; the names of a kTable, where they are fixed
	keys   string
	holes  holes     // kTemplate, kLine, kJSON: which holes its texts may hold
	check  checkFunc // what else must hold of a scalar
	short  []*shape
	min    int  // kWhole
	null   bool // null is a value, and not an oversight
	scalar bool // kText: numbers, true and false are texts, too
}

// checkFunc says what is wrong with a scalar, or "".
type checkFunc func(value string) string

// Field is one field of a file.
type Field struct {
	Name    string
	Default string // as the reference shows it; empty: none
	Doc     string
	shape   *shape
}

func f(name string, s *shape, fallback, doc string) *Field {
	return &Field{Name: name, shape: s, Default: fallback, Doc: doc}
}

func object(name string, fields ...*Field) *shape {
	return &shape{kind: kObject, name: name, fields: fields}
}

func list(of *shape) *shape { return &shape{kind: kList, name: "a list", of: of} }

func table(of *shape) *shape { return &shape{kind: kTable, name: "names and values", of: of} }

func words(w ...string) *shape { return &shape{kind: kWord, name: "a word", words: w} }

// named returns a table whose names are words of a list.
func named(of *shape, w ...string) *shape {
	return &shape{kind: kTable, name: "names and values", of: of, words: w}
}

// or returns a copy of the shape that may also be written in the short forms.
func (s *shape) or(short ...*shape) *shape {
	c := *s
	c.short = append(append([]*shape{}, s.short...), short...)
	return &c
}

// field returns the field of a name.
func (s *shape) field(name string) *Field {
	for _, one := range s.fields {
		if one.Name == name {
			return one
		}
	}
	return nil
}

func (s *shape) names() []string {
	var all []string
	for _, one := range s.fields {
		all = append(all, one.Name)
	}
	return all
}

// holes says which holes a text may hold.
type holes uint8

const (
	noHoles      holes = iota
	requestHoles       // of a request that follows the submit
	headerHoles        // of a header field of the submit: those of a submit, and secrets
	submitHoles        // of the submit: {{uuid}}, {{index}}, {{row.name}}
	mockHoles          // of the mock's answers and callbacks
	pathHoles          // {{id}} alone
	waitHoles          // {{seconds}}, {{milliseconds}}
	secretHoles        // {{secret:NAME}} alone
)
