package reach_test

import (
	"errors"
	"net"
	"net/netip"
	"testing"

	"github.com/asyncctl/asyncctl/internal/reach"
)

func TestClassOf(t *testing.T) {
	tests := []struct {
		ip   string
		want reach.Class
	}{
		{"127.0.0.1", reach.Loopback}, {"127.255.255.255", reach.Loopback}, {"::1", reach.Loopback}, {"::ffff:127.0.0.1", reach.Loopback},
		{"0.0.0.0", reach.Loopback}, {"0.1.2.3", reach.Loopback}, {"::", reach.Loopback}, {"64:ff9b::7f00:1", reach.Loopback}, {"2002:7f00:1::", reach.Loopback}, {"::127.0.0.1", reach.Loopback},
		{"169.254.169.254", reach.LinkLocal}, {"fe80::1", reach.LinkLocal}, {"fe80::1%eth0", reach.LinkLocal}, {"224.0.0.1", reach.LinkLocal}, {"ff02::1", reach.LinkLocal}, {"fd00:ec2::254", reach.LinkLocal},
		{"10.0.0.1", reach.Private}, {"172.16.0.1", reach.Private}, {"172.31.255.255", reach.Private}, {"192.168.0.1", reach.Private}, {"fd00::1", reach.Private}, {"::ffff:10.0.0.1", reach.Private},
		{"100.64.0.0", reach.Private}, {"100.127.255.255", reach.Private}, {"198.18.0.1", reach.Private}, {"255.255.255.255", reach.Private}, {"fec0::1", reach.Private}, {"64:ff9b::a00:1", reach.Private},
		{"100.63.255.255", reach.Public}, {"100.128.0.0", reach.Public}, {"172.15.0.1", reach.Public}, {"172.32.0.1", reach.Public}, {"198.20.0.1", reach.Public}, {"1.1.1.1", reach.Public},
		{"2606:4700::1111", reach.Public}, {"64:ff9b::101:101", reach.Public}, {"192.0.1.1", reach.Public}, {"11.0.0.1", reach.Public},
	}
	for _, test := range tests {
		if got := reach.ClassOf(netip.MustParseAddr(test.ip)); got != test.want {
			t.Errorf("%s: got %q, want %q", test.ip, got, test.want)
		}
	}
	if got := reach.ClassOf(netip.Addr{}); got != reach.Public {
		t.Errorf("no address: got %q", got)
	}
	if got := reach.ClassOfPeer(&net.TCPAddr{IP: net.IPv4(10, 0, 0, 1), Port: 1}); got != reach.Private {
		t.Errorf("a peer: got %q", got)
	}
	if got := reach.ClassOfPeer(&net.UnixAddr{Name: "/run/a"}); got != reach.Public {
		t.Errorf("a Unix socket: got %q", got)
	}
}

func TestMayReach(t *testing.T) {
	tests := []struct {
		home    reach.Class
		address string
		want    bool
	}{
		{reach.Public, "1.1.1.1:80", true}, {reach.Public, "10.0.0.1:80", false}, {reach.Public, "127.0.0.1:80", false}, {reach.Public, "[fe80::1%eth0]:80", false}, {reach.Public, "10.0.0.1", false},
		{reach.Private, "10.0.0.1:80", true}, {reach.Private, "127.0.0.1:80", false}, {reach.Private, "169.254.169.254:80", false}, {reach.Private, "1.1.1.1:80", true},
		{reach.Loopback, "127.0.0.2:80", true}, {reach.Loopback, "10.0.0.1:80", false}, {reach.Loopback, "169.254.169.254:80", false},
		{reach.LinkLocal, "169.254.169.254:80", true}, {reach.Anywhere, "169.254.169.254:80", true}, {reach.Public, "/run/docker.sock", true}, {reach.Public, "", true},
	}
	for _, test := range tests {
		err := test.home.MayReach(test.address)
		if (err == nil) != test.want || err != nil && !errors.Is(err, reach.ErrTooNear) {
			t.Errorf("%q to %s: got %v, want allowed: %v", test.home, test.address, err, test.want)
		}
	}
}

func TestKeys(t *testing.T) {
	k := reach.Keys{Home: "https://home.example", Trusted: []string{"http://other.example:81"}}
	tests := []struct {
		url  string
		want bool
	}{
		{"https://home.example/a", true}, {"https://HOME.example:443/a", true}, {"http://other.example:81/", true},
		{"http://home.example/a", false}, {"https://home.example:8443/a", false}, {"http://other.example/", false},
		{"https://home.example@evil.example/", false}, {"https://home.example.evil.example/", false}, {"/a", false}, {"", false},
	}
	for _, test := range tests {
		if got := k.Open(test.url); got != test.want {
			t.Errorf("%s: got %v, want %v", test.url, got, test.want)
		}
		if got := (reach.Keys{}).Open(test.url); got {
			t.Errorf("no keys open %s", test.url)
		}
	}
	if got := k.Stranger("https://home.example/a", "http://other.example:81", "https://evil.example/b", "/c"); got != "https://evil.example/b" {
		t.Errorf("the stranger: got %q", got)
	}
	if got := k.Stranger("https://home.example/a"); got != "" {
		t.Errorf("no stranger: got %q", got)
	}
}

func TestMayFollow(t *testing.T) {
	tests := []struct {
		home reach.Class
		url  string
		want bool
	}{
		{reach.Public, "http://169.254.169.254/latest", false}, {reach.Public, "http://localhost/", false}, {reach.Public, "http://a.localhost./", false},
		{reach.Public, "http://1.1.1.1/", true}, {reach.Public, "http://api.example.com/", true}, {reach.Loopback, "http://localhost/", true},
		{reach.Private, "http://10.0.0.1/", true}, {reach.Private, "http://[::1]/", false}, {reach.Anywhere, "http://[::1]/", true},
	}
	for _, test := range tests {
		err := test.home.MayFollow(test.url)
		if (err == nil) != test.want || err != nil && !errors.Is(err, reach.ErrTooNear) {
			t.Errorf("%q to %s: got %v, want allowed: %v", test.home, test.url, err, test.want)
		}
	}
}
