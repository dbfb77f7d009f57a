package dialect

import "github.com/asyncctl/asyncctl/poller/lro"

var snowflakeFamily = []builtin{{Info: Info{
	Name:       "snowflake-sql",
	Looks:      "202 with statementHandle and statementStatusUrl; 202 while it works, then 200 with the rows",
	Source:     "Snowflake SQL API documentation",
	Evidence:   Documentation,
	Unverified: "422 as the failure and 408 as the statement's timeout are from memory; further partitions are not fetched",
}, dialect: &rules{Rules: Rules{
	Name: "snowflake-sql", Query: map[string]string{"async": "true"},
	Status: []string{"{{/statementStatusUrl}}", "/api/v2/statements/{{job}}"}, Job: "/statementHandle",
	Statuses: map[int]lro.State{422: lro.StateFailed, 408: lro.StateFailed},
	Message:  "/message", Cancel: Call{Method: "POST", URL: []string{"/api/v2/statements/{{job}}/cancel"}},
}}}}
