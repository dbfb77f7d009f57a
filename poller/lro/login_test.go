package lro

import (
	"net/http"
	"testing"
)

func TestLoginPath(t *testing.T) {
	tests := []struct {
		url  string
		want bool
	}{
		{"https://api.example.com/login", true},
		{"https://api.example.com/account/LogOn.aspx?ReturnUrl=/x", true},
		{"https://api.example.com/users/sign_in", true},
		{"https://login.microsoftonline.com/common/x", true},
		{"https://api.example.com/oauth2/v2.0/authorize", true},
		{"https://api.example.com/realms/r/protocol/openid-connect/auth", true},
		{"https://api.example.com/reports/1?next=/login", false},
		{"https://api.example.com/logins/1", false},
		{"https://api.login.example.com/x", false},
		{"https://api.example.com/", false},
		{"https://api.example.com/%zz", false},
	}
	for _, test := range tests {
		if got := loginPath(test.url); got != test.want {
			t.Errorf("loginPath(%q): got %v, want %v", test.url, got, test.want)
		}
	}
}

func TestLoginPage(t *testing.T) {
	const form = `<html><form><input type="password"></form></html>`
	tests := []struct {
		name, media, body string
		redirected, want  bool
	}{
		{"a form", "text/html; charset=utf-8", form, false, true},
		{"upper case", "TEXT/HTML", `<HTML><INPUT TYPE='PASSWORD'>`, false, true},
		{"undeclared", "", "<!DOCTYPE html>" + form, false, true},
		{"undeclared, without a doctype", "", form, false, false},
		{"words", "text/html", "<html>Please sign in</html>", false, false},
		{"words after a redirect", "text/html", "<html>Please sign in</html>", true, true},
		{"a report after a redirect", "text/html", "<html>17 pages</html>", true, false},
		{"JSON under a wrong name", "text/html", `{"form": "<input type=password>"}`, true, false},
		{"XML", "application/xml", form, true, false},
		{"nothing", "text/html", "", true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := Reply{Header: http.Header{"Content-Type": {test.media}}, Body: []byte(test.body)}
			if got := loginPage(r, test.redirected); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestSamePlace(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"http://h/v1/reports", "https://H:443/v1/reports/?x", true},
		{"https://h", "https://h/", true},
		{"https://h/v1/reports", "https://h/v2/reports", false},
		{"https://h/%zz", "https://h/%zz", false},
	}
	for _, test := range tests {
		if got := samePlace(test.a, test.b); got != test.want {
			t.Errorf("samePlace(%q, %q): got %v, want %v", test.a, test.b, got, test.want)
		}
	}
}
