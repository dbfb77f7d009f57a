package dialect

var boxFamily = []builtin{{Info: Info{
	Name:       "box-commit",
	Looks:      "202 with Retry-After and no URL at all: the same POST again, until it answers 201",
	Source:     "Box documentation, Commit upload session",
	Evidence:   Documentation,
	Unverified: "whether every server takes the repeated POST for a question; that is why this dialect has to be named",
}, dialect: &rules{Rules: Rules{Name: "box-commit", Poll: Poll{Repeat: true}}}}}
